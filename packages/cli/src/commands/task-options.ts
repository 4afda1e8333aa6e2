import { type Command, Option } from 'commander';
import { count, grade, list, number, setting, span, whole } from '../values.ts';

/**
 * What `elman task` and `elman compare` have in common: the rows, the net and its training. `several` sizes may be
 * given to compare.
 */
export function withTaskOptions(command: Command, sizes: 'one' | 'several' = 'one'): Command {
  const size = (flag: string, description: string, usual: number): Option => {
    const option = new Option(flag, sizes === 'one' ? description : `${description}; several with commas between`);
    return sizes === 'one'
      ? option.argParser(whole(1)).default(usual)
      : option.argParser(list(whole(1))).default([usual], `${usual}`);
  };
  return command
    .optionsGroup('Task:')
    .option('--length <n>', 'of rows in training, or a range like 20-40 (default: up to 20)', span)
    .option('--difficulty <name=n>', 'another number of the difficulty, or a range (again for more)', grade, {})
    .option(
      '--with <option=value>',
      'an option of the task, as in parity:supervision=last (again for more)',
      setting,
      {},
    )
    .option('--curriculum <name>', 'none, naive, mixed, combined or self-paced', 'none')
    .option(
      '--lengths <list>',
      'what to try it on in the end (default: around --length and up to eight times it)',
      list(whole(1)),
    )
    .option('--rows <n>', 'tried at each length', whole(1), 256)
    .optionsGroup('Net:')
    .addOption(size('--hidden <size>', 'units of each layer', 64))
    .option('--cell-with <option=value>', 'an option of the cell, as in lstm:chrono=200 (again for more)', setting, {})
    .option('--params <count>', 'as many units as a net of so many parameters has, like 70k', count)
    .addOption(size('--layers <count>', 'layers, one on the other', 1))
    .optionsGroup('Training:')
    .option('--updates <count>', 'how long', whole(1), 2000)
    .option('--batch <rows>', 'rows of an update', whole(1), 32)
    .option('--optimizer <name>', 'adam, adamw:weightDecay=0.1, … (elman optimizers)', 'adam')
    .option('--learning-rate <rate>', 'size of the steps', number({ above: 0 }), 0.005)
    .option('--clip <norm>', 'largest norm of the gradient; 0 leaves it alone', number({ least: 0 }), 1)
    .option('--evaluate-every <updates>', 'on held-out rows (default: ten times a run)', whole(1))
    .optionsGroup('Machine:')
    .option('--backend <name>', 'node-gpu, node, wasm or cpu (default: the best there is)');
}
