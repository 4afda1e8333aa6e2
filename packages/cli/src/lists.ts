import type { Factories } from '@elman/core';
import { builtInCells } from './cell.ts';
import { formatTable } from './format.ts';
import { USUAL } from './memory.ts';
import { stdout, writeJson } from './terminal.ts';

/** Lists the cells of `@elman/cells` and the memories of `@elman/memory`. */
export async function listCells({ json }: { readonly json?: boolean }): Promise<void> {
  const cells = await builtInCells();
  const { factories: memories } = await import('@elman/memory');
  if (json) {
    const rows = Object.entries(memories).map(([name, { summary = '' }]) => [name, { summary, options: USUAL[name] }]);
    return writeJson({ cells: summaries(cells), memories: Object.fromEntries(rows) });
  }
  const options = (name: string): string =>
    Object.entries(USUAL[name] ?? {})
      .map(([option, value]) => `${option}=${value}`)
      .join(':');
  const rows = Object.keys(memories).map((name) => [`  ${name}`, memories[name]?.summary ?? '', options(name)]);
  stdout.write(
    [
      'Cells, for --cell:',
      ...table(cells),
      '',
      'Memories, after a plus (lstm+ntmMemory, lstm+ntmMemory:slots=64:width=8):',
      ...formatTable(rows),
      '',
      'For a cell of an installed package, give the name of the package.',
      '',
    ].join('\n'),
  );
}

/** Lists the tasks of `@elman/tasks`. */
export async function listTasks({ json }: { readonly json?: boolean }): Promise<void> {
  const { factories: tasks } = await import('@elman/tasks');
  if (json) return writeJson({ tasks: summaries(tasks) });
  stdout.write(`${['Tasks, for elman task NAME:', ...table(tasks)].join('\n')}\n`);
}

const table = (factories: Factories): string[] =>
  formatTable(Object.entries(factories).map(([name, { summary = '' }]) => [`  ${name}`, summary]));

const summaries = (factories: Factories): { readonly [name: string]: string } =>
  Object.fromEntries(Object.entries(factories).map(([name, { summary = '' }]) => [name, summary]));
