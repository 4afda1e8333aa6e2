import type { Command } from 'commander';
import { Subcommand } from './subcommand.ts';

/** `elman cells`. */
export function cellsCommand(): Command {
  return new Subcommand('cells', [
    ['elman cells', 'as a table'],
    ['elman train book.txt --cell gru+pushPopStack', 'a cell and a memory of the list'],
  ])
    .description('Lists the built-in cells and memories.')
    .option('--json', 'one JSON object on standard output')
    .action(async (options: { json?: boolean }) => {
      const { listCells } = await import('../lists.ts');
      await listCells(options);
    });
}
