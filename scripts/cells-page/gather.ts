/** What the repository knows of the cells. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { factories } from '@elman/cells';
import { shapesOf, tree } from '@elman/core';
import type { CellTimes } from '../../packages/bench/src/cells-report.ts';
import { namedCell, partOf } from '../../packages/bench/src/named-cell.ts';
import { type Docstring, docstringOf } from './docstring.ts';
import type { Known, KnownCell } from './known.ts';
import { formula } from './parameters.ts';
import type { Scores } from './scores.ts';

/** Where times and scores are kept. */
const RESULTS = 'docs/results/cells';

/** All that docs/cells.md is made of, in the repository of this folder. A backend must be ready. */
export function gather(root: string): Known {
  const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');
  const sources = globSync('packages/cells/src/*/*.ts', { cwd: root }).map((path) => [path, read(path)] as const);
  const times = `${RESULTS}/times.json`;
  return {
    families: familiesOf(read('packages/cells/README.md')).map(({ title, names }) => ({
      title,
      cells: names.map((name) => knownCell(name, sources)),
    })),
    times: existsSync(`${root}/${times}`) ? (JSON.parse(read(times)) as CellTimes) : undefined,
    scores: globSync(`${RESULTS}/*.json`, { cwd: root })
      .filter((path) => path !== times)
      .sort()
      .map((path) => scoresOf(path.slice(RESULTS.length + 1), read(path))),
  };
}

/** The families of a README: tables whose heads are their titles, with the names of factories in the first column. */
function familiesOf(readme: string): { readonly title: string; readonly names: readonly string[] }[] {
  const tables = readme.matchAll(/^\| ([^|]+) \| \|\n\| --- \| --- \|\n((?:\|.*\n)+)/gm);
  const families = [...tables].map(([, title = '', rows = '']) => ({
    title,
    names: rows
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name)),
  }));
  const listed = new Set(families.flatMap(({ names }) => names));
  const absent = Object.keys(factories).filter((name) => !listed.has(name));
  if (absent.length > 0)
    throw new Error(`packages/cells/README.md: expected all cells in its tables, ${absent} missing.`);
  return families;
}

/** Scores in a file. @throws if it does not say how it was made. */
export function scoresOf(file: string, text: string): Scores {
  const { run, rows } = JSON.parse(text) as Partial<Scores>;
  const said = (['command', 'date', 'node', 'machine'] as const).every((key) => typeof run?.[key] === 'string');
  if (said && Array.isArray(rows)) return { file, run, rows } as Scores;
  throw new Error(`${RESULTS}/${file}: expected rows, and run with command, date, node and machine, got others.`);
}

function knownCell(name: string, sources: readonly (readonly [path: string, text: string])[]): KnownCell {
  const found = sources.flatMap(([source, text]): { source: string; docstring: Docstring }[] => {
    const docstring = docstringOf(text, name);
    return docstring === undefined ? [] : [{ source, docstring }];
  });
  const [first] = found;
  if (first === undefined) throw new Error(`${name}: expected its source in packages/cells/src, found none.`);
  const options = Object.keys(factories[name]?.options ?? {});
  const count = (inputSize: number, hiddenSize: number): number =>
    tree
      .leaves(shapesOf((rng) => namedCell(name, { inputSize, hiddenSize }).init(rng)))
      .reduce((sum, { size }) => sum + size, 0);
  return { name, around: partOf(name), ...first, options, parameters: formula(count) };
}
