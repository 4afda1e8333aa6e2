import type { Command } from 'commander';
import { Subcommand } from './subcommand.ts';

/** `elman tasks`. */
export function tasksCommand(): Command {
  return new Subcommand('tasks', [
    ['elman tasks', 'as a table'],
    ['elman task parity', 'a task of the list'],
  ])
    .description('Lists the built-in tasks.')
    .option('--json', 'one JSON object on standard output')
    .action(async (options: { json?: boolean }) => {
      const { listTasks } = await import('../lists.ts');
      await listTasks(options);
    });
}
