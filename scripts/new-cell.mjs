/**
 * Writes a package with a cell, as `npm create @elman/cell` does (packages/create-cell).
 *
 *   pnpm new:cell NAME              into examples/NAME, as a private package of this workspace
 *   pnpm new:cell NAME --out DIR    into DIR, as an independent package
 */
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { installOutside } from './install-sections.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const usage = 'usage: pnpm new:cell NAME [--out DIR]';

process.env.PATH = `${root}node_modules/.bin${delimiter}${process.env.PATH}`;
if (build(['packages/create-cell']) !== 0) process.exit(1);
const { Refusal, summaryOf, writeCell } = await import('../packages/create-cell/dist/index.js');

/** The manifest of a private package of this workspace, with workspace dependencies. */
function inWorkspace(text) {
  const manifest = JSON.parse(text);
  manifest.private = true;
  manifest.elman = { floor: 6, ...manifest.elman };
  manifest.dependencies['@elman/core'] = 'workspace:^';
  manifest.devDependencies = {
    '@elman/testkit': 'workspace:^',
    '@tensorflow/tfjs-core': 'catalog:',
    vitest: 'catalog:',
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw new Refusal(`expected one name, got ${positionals.join(' ') || 'none'}; ${usage}`);
  const isInside = values.out === undefined;
  const called = process.env.INIT_CWD ?? process.cwd();
  const folderOf = (cell) => (isInside ? join(root, 'examples', cell) : resolve(called, values.out));
  const written = writeCell({ name, folderOf, ...(isInside && { manifest: inWorkspace }) });
  const { folder } = written;
  const next = isInside
    ? ['pnpm install', `pnpm vitest run ${folder.slice(root.length)} --project node-wasm`]
    : [`cd ${folder}`, ...installOutside(folder, ['@elman/core', '@elman/testkit']), 'npm test', 'npm run build'];
  process.stdout.write(summaryOf(written, next));
} catch (error) {
  if (!(error instanceof Refusal) && !error.code?.startsWith('ERR_PARSE_ARGS') && !error.syscall) throw error;
  console.error(`new:cell: ${error.message.split('\n')[0]}`);
  process.exit(1);
}
