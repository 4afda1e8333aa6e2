/**
 * Writes docs/cells.md from the docstrings of cells and from docs/results/cells.
 *
 *   pnpm cells-page
 *   pnpm cells-page --add runs/adding --command "elman compare --tasks adding …"
 *
 * The second takes the table of `elman compare` into docs/results/cells first, with the command that made it, this machine and date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { gather, RESULTS } from './gather.ts';
import { cellsPage } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { add, command } = parseArgs({ options: { add: { type: 'string' }, command: { type: 'string' } } }).values;
if ((add === undefined) !== (command === undefined)) {
  console.error('cells-page: expected --add and --command, got one.');
  process.exit(1);
}

if (add !== undefined) {
  const table = JSON.parse(readFileSync(resolve(add, 'table.json'), 'utf8'));
  const run = {
    command,
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    machine: `${cpus()[0]?.model.trim()}, ${cpus().length} processors`,
  };
  mkdirSync(`${root}/${RESULTS}`, { recursive: true });
  writeFileSync(
    `${root}/${RESULTS}/${basename(resolve(add))}.json`,
    `${JSON.stringify({ run, ...table }, undefined, 1)}\n`,
  );
}
await selectBackend('wasm');
writeFileSync(`${root}/docs/cells.md`, cellsPage(gather(root)));
