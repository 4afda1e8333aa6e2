import type { Command } from 'commander';
import type { CompareArguments } from '../compare.ts';
import { readNames } from '../find/typed.ts';
import { list, whole } from '../values.ts';
import { Subcommand } from './subcommand.ts';
import { withTaskOptions } from './task-options.ts';

/** `elman compare`. */
export function compareCommand(): Command {
  const command = new Subcommand('compare', [
    ['elman compare --tasks parity,adding', 'three cells on two tasks'],
    ['elman compare --tasks copyMemory --cells lstm,gru --seeds 1,2,3', 'three runs of each'],
  ])
    .description('Trains cell after cell on task after task, all with one budget, and writes one table.')
    .requiredOption('--tasks <list>', 'tasks, with commas between', readNames)
    .option('--cells <list>', 'cells, as --cell of elman task, with commas between', readNames, [
      'simpleRnn',
      'lstm',
      'gru',
    ])
    .option('--seeds <list>', 'a run for each', list(whole(0)), [1])
    .option('-o, --out <folder>', 'where runs and table are kept; the same command goes on with them', 'runs/compare')
    .option('--overwrite', 'begin anew in a folder that has runs')
    .option('--json', 'one JSON object a line on standard output, for programs');
  return withTaskOptions(command).action(async (options: CompareArguments) => {
    const { compare } = await import('../compare.ts');
    await compare(options);
  });
}
