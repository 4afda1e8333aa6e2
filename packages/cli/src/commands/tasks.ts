import { Command } from 'commander';

/** `elman tasks`. */
export function tasksCommand(): Command {
  return new Command('tasks')
    .description('Lists the built-in tasks.')
    .option('--json', 'one JSON object on standard output')
    .action(async (options: { json?: boolean }) => {
      const { listTasks } = await import('../lists.ts');
      await listTasks(options);
    });
}
