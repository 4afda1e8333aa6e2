/** Builds the workspace and runs examples/char-lm with the given arguments. */
import { buildAndRun } from './build-and-run.mjs';

buildAndRun(['char-lm', '@elman/cli'], 'examples/char-lm/dist/main.js');
