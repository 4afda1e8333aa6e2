import { type Command, Option } from 'commander';
import type { TrainArguments } from '../settings.ts';
import { embedding, number, shareOrFile, whole } from '../values.ts';
import { Subcommand } from './subcommand.ts';
import { withTrust } from './trust-option.ts';

/** Options that may stand beside `--resume`; the others come from the folder. */
const WITH_RESUME = new Set(['resume', 'previous', 'cell', 'trust', 'updates', 'epochs', 'minutes', 'backend', 'json']);

/** `elman train`. */
export function trainCommand(): Command {
  const lengths = ['updates', 'epochs', 'minutes'];
  const length = (flag: string, name: string, description: string, read: (text: string) => number): Option =>
    new Option(flag, description).argParser(read).conflicts(lengths.filter((other) => other !== name));
  const command = new Subcommand('train', [
    ['elman train book.txt --minutes 2', 'two minutes, then: elman sample runs/book'],
    ['cat *.md | elman train - --tokenizer words --out runs/docs', 'what comes on standard input'],
    ['elman train ptb --corpus pennTreebankWords', 'then: elman eval runs/ptb'],
    ['elman train --resume runs/book --updates 5000', 'further than it was'],
  ])
    .description('Trains a language model on text files.')
    .argument('[text...]', 'text files, read one after the other; - is standard input')
    .optionsGroup('Folder:')
    .option('-o, --out <folder>', 'where the model is saved (default: runs/ and the name of the first text)')
    .option('--overwrite', 'train anew in a folder that has a model')
    .option('--resume <folder>', 'go on with the run saved in a folder; its options and text are those of the folder')
    .option('--previous', 'with --resume, go on from the state before the last one that was saved')
    .option(
      '--corpus <name>',
      'text is the folder or file of a corpus with parts of its own: pennTreebankWords, pennTreebankCharacters, wikiText, text8, enwik8',
    )
    .optionsGroup('Model:')
    .option(
      '--cell <name>',
      'a cell (lstm, gru:chrono=50, …), with a memory too (lstm+ntmMemory); or an installed package or a file, ./my-cell.mjs, that exports one',
      'lstm',
    )
    .option('--hidden <size>', 'units of each layer', whole(1), 128)
    .option('--layers <count>', 'layers, one on the other', whole(1), 1)
    .option(
      '--embedding <size>',
      'size of the token vectors, or one-hot (default: 64, at most the vocabulary)',
      embedding,
    )
    .option(
      '--tokenizer <kind>',
      'characters, bytes, words, word-level, or a tokenizer.json of Hugging Face (default: characters, or that of the corpus)',
    )
    .option(
      '--output <layer>',
      'the softmax, or for many words classes, adaptive or sampled (classes:count=100, …)',
      'full',
    )
    .option('--dropout <rate>', 'share of units left out between layers in training', number({ least: 0, below: 1 }), 0)
    .optionsGroup('Training:')
    .option('--batch <rows>', 'rows of text read at the same time', whole(1), 32)
    .option('--window <tokens>', 'tokens that gradients go back through', whole(1), 64)
    .addOption(length('--updates <count>', 'updates', 'how long: so many updates (default: 2000)', whole(1)))
    .addOption(length('--epochs <count>', 'epochs', 'how long: so many times through the text', number({ above: 0 })))
    .addOption(length('--minutes <count>', 'minutes', 'how long: so many minutes from now', number({ above: 0 })))
    .option('--optimizer <name>', 'adam, adamw:weightDecay=0.1, … (elman optimizers)', 'adam')
    .option('--learning-rate <rate>', 'size of the steps', number({ above: 0 }), 0.01)
    .option('--clip <norm>', 'largest norm of the gradient; 0 leaves it alone', number({ least: 0 }), 5)
    .option('--seed <number>', 'of weights and dropout; the same seed gives the same run', whole(0), 1)
    .option(
      '--validation <share>',
      'of the text, held out at its end, or a file (default: 0.05, at most 100,000 tokens)',
      shareOrFile,
    )
    .option('--evaluate-every <updates>', 'on the held-out text (default: ten times a run)', whole(1))
    .option('--save-every <updates>', 'a checkpoint (default: as often as there is an evaluation)', whole(1))
    .optionsGroup('Machine:')
    .option('--backend <name>', 'node-gpu, node, wasm or cpu (default: the best there is)')
    .option('--json', 'one JSON object a line on standard output, for programs');
  return withTrust(command).action(async (texts: string[], options: TrainArguments) => {
    if (options.resume !== undefined) refuseBesideResume(command);
    else if (texts.length === 0) command.error("error: missing required argument 'text'");
    const sameCell = command.getOptionValueSource('cell') === 'cli';
    const { train } = await import('../train.ts');
    await train(texts, { ...options, sameCell });
  });
}

function refuseBesideResume(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'cli' && !WITH_RESUME.has(name)) {
      command.error(`error: option '${option.long}' cannot be used with --resume: the folder says it`);
    }
  }
}
