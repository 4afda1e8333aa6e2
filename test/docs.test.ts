/** What READMEs and docs list, count, repeat and link to, against the code and files behind it. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as attention from '../packages/attention/src/index.ts';
import * as cells from '../packages/cells/src/index.ts';
import * as memory from '../packages/memory/src/index.ts';
import * as tasks from '../packages/tasks/src/index.ts';
import { readPackages } from '../scripts/packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');
const skipped = /(^|\/)(node_modules|dist)(\/|$)/;
const pages = globSync('{*.md,.changeset/*.md,{docs,packages,examples}/**/*.md}', {
  cwd: root,
  exclude: (path) => skipped.test(path),
}).sort();
const results = pages.filter((path) => /^docs\/results\/(?!README)/.test(path));

/** The rows of all tables of a text, as cells without the markup of code and emphasis. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\|(.+)\|$/gm)].map(([, row]) =>
    (row as string).split('|').map((cell) => cell.replaceAll(/[`*]/g, '').trim()),
  );
/** The names in the first cells of the tables of a page. */
const listed = (path: string): string[] => rowsOf(read(path)).flatMap(([first = '']) => first.split(/[\s,]+/));
/** What recipes may name of a package. */
const factories = (exports: { readonly factories: object }): string[] => Object.keys(exports.factories);
const isTask = ([name, make]: readonly [string, unknown]): boolean => {
  if (name === 'pixelImages' || name === 'characterPrediction') return true; // They need files.
  try {
    return typeof (make as () => Partial<{ sample: unknown }>)().sample === 'function';
  } catch {
    return false;
  }
};

/** GitHub's anchors of the headings of a page. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The links of a page that lead nowhere in this repository. */
function brokenLinks(path: string): string[] {
  const text = read(path).replaceAll(/^```[\s\S]*?^```/gm, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const found = file === '' ? `${root}/${path}` : resolve(root, dirname(path), file);
    if (!existsSync(found)) return true;
    const page = statSync(found).isDirectory() ? `${found}/README.md` : found;
    return anchor !== undefined && !(existsSync(page) && anchorsOf(readFileSync(page, 'utf8')).includes(anchor));
  });
}

describe('the documents', () => {
  it.each(pages)('have no broken links: %s', (path) => {
    expect(brokenLinks(path)).toEqual([]);
  });

  it('list every published package, and no other', () => {
    const published = readPackages(root).filter((manifest) => !manifest.private);
    const rows = rowsOf(read('README.md')).map(([first = '']) => /^\[(@elman\/.+)\]\(/.exec(first)?.[1]);
    expect(rows.filter(Boolean).sort()).toEqual(published.map(({ name }) => name).sort());
  });

  it('list every example', () => {
    const folders = globSync('examples/*/package.json', { cwd: root }).map((path) => dirname(path));
    const text = read('README.md');
    expect(folders.filter((folder) => !text.includes(`](${folder})`))).toEqual([]);
  });

  it('put every package on its floor', () => {
    const rows = rowsOf(read('docs/architecture.md'));
    for (const { name, elman, private: isPrivate } of readPackages(root)) {
      if (isPrivate) continue;
      const row = rows.find(([, names = '']) => names.split(' ').includes(name.replace('@elman/', '')));
      expect(row?.[0], name).toBe(`${elman?.floor}`);
    }
  });

  it('list every cell, memory, attention and task in the README of its package', () => {
    const made = { attention, cells, memory };
    for (const [name, exports] of Object.entries(made)) {
      expect(listed(`packages/${name}/README.md`), name).toEqual(expect.arrayContaining(factories(exports)));
    }
    const names = Object.entries(tasks)
      .filter(isTask)
      .map(([name]) => name);
    expect(names.length).toBeGreaterThan(30);
    expect(listed('packages/tasks/README.md')).toEqual(expect.arrayContaining(names));
  });

  it('list every page of results', () => {
    expect(results.filter((path) => !read('docs/results/README.md').includes(`(${path.split('/').at(-1)})`))).toEqual(
      [],
    );
  });
});

describe('the results', () => {
  it.each(results)('name a command, a version of Node, a machine, a date and, where they learn, seeds: %s', (path) => {
    const text = read(path);
    expect(text).toMatch(/pnpm --filter|elman (task|compare|train)|npm run bench|node --conditions/);
    expect(text).toMatch(/Node v?\d+\.\d+/);
    expect(text).toMatch(/processor|cores/);
    if (!/speed|libtensorflow|own-cells/.test(path)) expect(text).toMatch(/seed/i);
    expect(text).toMatch(/20\d\d-\d\d-\d\d/);
  });

  it('are the figures that READMEs repeat', () => {
    const speed = rowsOf(read('docs/results/speed.md'));
    const repeated = rowsOf(read('README.md')).filter(([first = '']) => /^(W|G)\d/.test(first));
    expect(repeated.length).toBeGreaterThan(8);
    for (const [workload, ours, ratio] of repeated) {
      const row = speed.find(([first]) => first === workload);
      expect([row?.[1], row?.at(-1)], workload).toEqual([ours, ratio]);
    }
    for (const row of rowsOf(read('packages/bench/README.md')).filter(([first = '']) => /^(W|G)\d/.test(first))) {
      expect(speed).toContainEqual(row);
    }
    const ngrams = rowsOf(read('docs/results/lstm-against-kneser-ney.md')).map(([, bits]) => bits);
    for (const [, bits] of rowsOf(read('README.md')).filter(([first = '']) =>
      /^(Kneser–Ney|LSTM of 128,)/.test(first),
    )) {
      expect(ngrams).toContain(bits);
    }
  });
});
