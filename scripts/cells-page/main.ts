/** Writes docs/cells.md from the docstrings of cells and from docs/results/cells. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { selectBackend } from '@elman/backend';
import { gather } from './gather.ts';
import { cellsPage } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
await selectBackend('wasm');
writeFileSync(`${root}/docs/cells.md`, cellsPage(gather(root)));
