import { Command } from 'commander';

/** `elman cells`. */
export function cellsCommand(): Command {
  return new Command('cells')
    .description('Lists the built-in cells, and the memories that go behind them.')
    .option('--json', 'one JSON object on standard output')
    .action(async (options: { json?: boolean }) => {
      const { listCells } = await import('../lists.ts');
      await listCells(options);
    });
}
