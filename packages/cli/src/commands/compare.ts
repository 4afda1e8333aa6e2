import type { Command } from 'commander';
import type { CompareArguments } from '../compare.ts';
import type { CompareTextsArguments } from '../compare-texts.ts';
import { readNames } from '../find/typed.ts';
import { embedding, list, number, shareOrFile, whole } from '../values.ts';
import { Subcommand } from './subcommand.ts';
import { withTaskOptions } from './task-options.ts';

/** `elman compare`. */
export function compareCommand(): Command {
  const command = new Subcommand('compare', [
    ['elman compare --tasks parity,adding', 'three cells on two tasks'],
    ['elman compare --tasks copyMemory --cells lstm,gru --seeds 1,2,3', 'three runs of each'],
    ['elman compare --texts book.txt --layers 1,2 --hidden 64,128', 'language models of twelve kinds'],
  ])
    .description('Trains cell after cell on task after task, or on texts, all with one budget, and writes one table.')
    .option('--tasks <list>', 'tasks, with commas between', readNames)
    .option(
      '--texts <files>',
      'in place of tasks: text files, read one after the other, to train language models on',
      list(String),
    )
    .option('--cells <list>', 'cells, as --cell of elman task, with commas between', readNames, [
      'simpleRnn',
      'lstm',
      'gru',
    ])
    .option('--seeds <list>', 'a run for each', list(whole(0)), [1])
    .option('-o, --out <folder>', 'where runs and table are kept; the same command goes on with them', 'runs/compare')
    .option('--overwrite', 'begin anew in a folder that has runs')
    .option('--json', 'one JSON object a line on standard output, for programs');
  withTaskOptions(command, 'several')
    .optionsGroup('Texts, as elman train has them:')
    .option('--corpus <name>', 'the text is a corpus with parts of its own')
    .option(
      '--tokenizer <kind>',
      'characters, bytes, words, word-level, … (default: characters, or that of the corpus)',
    )
    .option('--embedding <size>', 'size of the token vectors, or one-hot (default: 64)', embedding)
    .option('--output <layer>', 'full, classes:count=100, adaptive or sampled', 'full')
    .option('--dropout <rate>', 'share of units left out between layers in training', number({ least: 0, below: 1 }), 0)
    .option('--window <tokens>', 'tokens that gradients go back through', whole(1), 64)
    .option('--epochs <count>', 'in place of --updates: so many times through the text', number({ above: 0 }))
    .option('--validation <share>', 'of the text, held out at its end, or a file (default: 0.05)', shareOrFile);
  return command.action(async (options: CompareArguments & CompareTextsArguments) => {
    if ((options.tasks === undefined) === (options.texts === undefined)) {
      command.error('error: expected one of --tasks and --texts: what to compare the cells on');
    }
    refuseOptionsOf(command, options.tasks === undefined ? 'tasks' : 'texts');
    if (options.tasks !== undefined) {
      const { compare } = await import('../compare.ts');
      await compare(options);
    } else {
      const { compareTexts } = await import('../compare-texts.ts');
      await compareTexts(options);
    }
  });
}

/** Options that only tasks, or only texts have. */
const OF = {
  tasks: ['length', 'difficulty', 'with', 'curriculum', 'lengths', 'rows', 'cellWith', 'params'],
  texts: ['corpus', 'tokenizer', 'embedding', 'output', 'dropout', 'window', 'epochs', 'validation'],
};

function refuseOptionsOf(command: Command, kind: keyof typeof OF): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'cli' && OF[kind].includes(name)) {
      command.error(`error: option '${option.long}' is for --${kind}; leave it out`);
    }
  }
}
