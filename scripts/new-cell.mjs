/**
 * Generates a complete package with a cell from scripts/template/cell.
 *
 *   pnpm new:cell NAME              into examples/NAME, as a private package of this workspace
 *   pnpm new:cell NAME --out DIR    into DIR, as an independent package
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installOutside } from './install-sections.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const template = join(root, 'scripts/template/cell');
const usage = 'usage: pnpm new:cell NAME [--out DIR]';
const PACKAGE_NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z][a-z0-9]*([._-][a-z0-9]+)*$/;
const RESERVED =
  'await break case catch class continue debugger default delete do else enum eval export extends false finally for ' +
  'function if implements import in instanceof interface let new null package private protected public return static ' +
  'super switch this throw true try typeof undefined var void while with yield';

/** A user error, reported in one line. */
class Refusal extends Error {}

const read = (file) => readFileSync(join(template, file), 'utf8');
const version = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')).version;

/** The names for the placeholders of the template. A leading `elman-cell-` is not part of the cell's own name. */
function namesFor(packageName = '') {
  const name = packageName.replace(/^@[^/]+\//, '').replace(/^elman-cell-/, '');
  if (!PACKAGE_NAME.test(packageName) || !/^[a-z]/.test(name)) {
    throw new Refusal(
      `name: expected lower-case letters, digits and hyphens, from a letter, as in my-cell or @me/my-cell, got "${packageName}"; ${usage}`,
    );
  }
  const cell = name.replace(/[._-]([a-z0-9])/g, (_, first) => first.toUpperCase());
  const code = `${read('src/__name__.ts')} ${read('test/__name__.test.ts')}`.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const words = `${RESERVED} ${code}`.split(/\W+/);
  if (words.includes(cell)) {
    throw new Refusal(`name: a cell cannot be called ${cell}, which has another meaning in its code; choose another.`);
  }
  return {
    __package__: packageName,
    __name__: name,
    __cell__: cell,
    __Cell__: cell[0].toUpperCase() + cell.slice(1),
    __core__: `^${version('core')}`,
    __testkit__: `^${version('testkit')}`,
    __year__: `${new Date().getFullYear()}`,
  };
}

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

/** Writes the package; returns its folder, its files, and whether it is in this workspace. */
function writeCell(packageName, out) {
  const names = namesFor(packageName);
  const workspace = out === undefined;
  const called = process.env.INIT_CWD ?? process.cwd();
  const folder = workspace ? join(root, 'examples', names.__name__) : resolve(called, out);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Refusal(
      `${relative(called, folder) || folder}: expected no such folder, or an empty one; nothing was written.`,
    );
  }
  const fill = (text) => text.replace(/__[A-Za-z]+?__/g, (open) => names[open] ?? open);
  const entries = readdirSync(template, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => relative(template, join(entry.parentPath ?? entry.path, entry.name))).sort();
  for (const file of files) {
    const target = join(folder, fill(file).replace(/^gitignore$/, '.gitignore'));
    const text = fill(read(file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, workspace && file === 'package.json' ? inWorkspace(text) : text);
  }
  return { folder, files, names, workspace };
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  if (positionals.length > 1) throw new Refusal(`expected one name, got ${positionals.join(' ')}; ${usage}`);
  const { folder, files, names, workspace } = writeCell(positionals[0], values.out);
  const next = workspace
    ? ['pnpm install', `pnpm vitest run examples/${names.__name__} --project node-wasm`]
    : [`cd ${folder}`, ...installOutside(folder, ['@elman/core', '@elman/testkit']), 'npm test', 'npm run build'];
  console.log(
    `Wrote ${folder} (${files.length} files): a cell called ${names.__cell__}, with its equations to be changed.`,
  );
  console.log(`Next:\n${next.map((command) => `  ${command}`).join('\n')}`);
  console.log(`Where it is installed beside @elman/cli: elman train my-text.txt --cell ${names.__package__}`);
} catch (error) {
  if (!(error instanceof Refusal) && !error.code?.startsWith('ERR_PARSE_ARGS') && !error.syscall) throw error;
  console.error(`new:cell: ${error.message.split('\n')[0]}`);
  process.exit(1);
}
