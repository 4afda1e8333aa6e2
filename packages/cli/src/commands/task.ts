import { OptionError } from '@elman/core';
import type { Command } from 'commander';
import { commandLine } from '../exit.ts';
import type { TaskArguments } from '../tasks/settings.ts';
import { whole } from '../values.ts';
import { Subcommand } from './subcommand.ts';
import { withTaskOptions } from './task-options.ts';

/** `elman task`. */
export function taskCommand(): Command {
  const command = new Subcommand('task', [
    ['elman task parity --cell gru --length 20-40', 'rows of 20 to 40, then longer ones'],
    ['elman task adding --params 10k --curriculum self-paced', 'as large as 10,000 parameters allow'],
  ])
    .description('Trains a net on a synthetic task and tries it on rows far longer than it has seen.')
    .argument('[name]', 'a task (parity, copyMemory:count=5, …), or an installed package or a file that exports one')
    .option(
      '--cell <name>',
      'a cell (lstm, gru:chrono=50, …), with a memory too (lstm+ntmMemory); or an installed package or a file, ./my-cell.mjs, that exports one',
      'lstm',
    )
    .option('--seed <number>', 'of weights and rows; the same seed gives the same run', whole(0), 1)
    .option(
      '-o, --out <folder>',
      'where the run is kept (default: runs/ and task and cell); the same command goes on with it',
    )
    .option('--overwrite', 'begin anew in a folder that has a run')
    .option('--previous', 'go on from the state before the last one that was saved')
    .option('--json', 'one JSON object a line on standard output, for programs');
  return withTaskOptions(command).action(
    async (name: string | undefined, options: TaskArguments & { readonly cell: string; readonly seed: number }) => {
      if (name === undefined) throw await noTaskNamed();
      const { task } = await import('../task.ts');
      await task(name, options);
    },
  );
}

/** Some of the tasks, so that one can be named. */
async function noTaskNamed(): Promise<OptionError> {
  const { factories } = await import('@elman/tasks');
  const count = Object.keys(factories).length;
  return new OptionError(
    `task: expected the name of a task, as parity, adding, copyMemory or ntmCopy, got none; "${commandLine('tasks')}" lists all ${count}.`,
  );
}
