/** Builds the workspace and runs examples/char-lm with the given arguments. */
import { buildAndRun } from './build-and-run.mjs';

const HELP = `Usage: npm start -- [options]

Trains a character language model, saves it, and lets it write. The text is that of this repository, unless another is given.

Options:
  --text FILE    another text, in UTF-8
  --minutes N    how long to train (default: 2)
  --seed N       of the weights and of what is written (default: 1)
  --out FOLDER   where the model is saved (default: runs/char-lm)
  --resume       go on where the last run stopped
  --help         this text

Examples:
  npm start -- --text book.txt --minutes 10
  npm start -- --resume`;

if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) console.log(HELP);
else buildAndRun(['examples/char-lm', 'packages/cli'], 'examples/char-lm/dist/main.js');
