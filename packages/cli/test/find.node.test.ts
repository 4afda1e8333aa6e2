import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { find } from '../src/find/find.ts';
import { KINDS, type Wanted } from '../src/find/kinds.ts';
import { nameOfFile } from '../src/find/own-file.ts';
import { readCell, readNames, readTyped } from '../src/find/typed.ts';
import { inProcess } from './in-process.ts';

const kinds = Object.keys(KINDS) as Wanted[];
/** The least that each kind has. */
const PARTS: { readonly [kind in Wanted]: readonly string[] } = {
  attention: ['init', 'keys', 'attend'],
  cell: ['init', 'initialState', 'step'],
  memory: ['initialState', 'access'],
  optimizer: ['init', 'update'],
  task: ['sample', 'loss', 'accuracy', 'baseline'],
};
const source = (kind: Wanted): string =>
  `export const other = 3; export const mine = (options) => ({ name: 'mine', options, ${PARTS[kind].map((part) => `${part}() {}`).join(', ')} });`;

let work: string;
const workingFolder = (): { readonly workingFolder: string } => ({ workingFolder: work });
beforeEach(() => void vi.stubEnv('npm_command', ''));
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'elman-find-'));
  for (const kind of kinds) {
    const folder = join(work, 'node_modules', `of-${kind}`);
    mkdirSync(folder, { recursive: true });
    const manifest = { name: `of-${kind}`, type: 'module', exports: './i.js', elman: { [kind]: 'mine' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'i.js'), source(kind));
    writeFileSync(join(work, `my-${kind}.mjs`), source(kind));
  }
  writeFileSync(
    join(work, 'two.mjs'),
    `${source('cell')} export const more = mine; export { helper as h }; function helper() {}`,
  );
  writeFileSync(join(work, 'default.mjs'), `${source('cell')} export default mine;`);
  writeFileSync(join(work, 'none.mjs'), 'export const a = 1;');
  writeFileSync(join(work, 'broken.mjs'), 'export const a = ;');
  writeFileSync(join(work, 'notes.txt'), '');
});
afterAll(() => rmSync(work, { recursive: true }));

describe('what is typed', () => {
  it.each([
    ['lstm', { name: 'lstm', options: {} }],
    ['a:b=1,c=x,d=true,e=-.5', { name: 'a', options: { b: 1, c: 'x', d: true, e: -0.5 } }],
    ['a:b=1,2,4,8,c=3', { name: 'a', options: { b: [1, 2, 4, 8], c: 3 } }],
    ['a:b=x,y:c=3', { name: 'a', options: { b: ['x', 'y'], c: 3 } }],
    ['a:b=[1,2],c=u=v', { name: 'a', options: { b: [1, 2], c: 'u=v' } }],
    ['@me/cells:zoneout:rate=0.1', { name: '@me/cells', wanted: 'zoneout', options: { rate: 0.1 } }],
    ['./my.mjs:a=1', { name: './my.mjs', options: { a: 1 } }],
    ['C:\\my.mjs:one:a=1', { name: 'C:\\my.mjs', wanted: 'one', options: { a: 1 } }],
  ])('%s', (text, read) => expect(readTyped('cell', text)).toEqual({ wanted: undefined, ...read }));

  it.each([
    ['a:=1', '=1'],
    ['a:b:c', 'c'],
    ['a:b=1:2', '2'],
  ])('%s is refused', (text, item) => {
    expect(() => readTyped('cell', text)).toThrow(`cell: a: expected option=value, got "${item}".`);
  });

  it('takes cells and memories apart, and lists of them', () => {
    expect(readCell('a:b=1e+3,c=2+d:e=1')).toEqual(['a:b=1e+3,c=2', 'd:e=1']);
    expect(readCell('lstm')).toEqual(['lstm', undefined]);
    expect(readNames('lstm,clockwork:periods=1,2,4,a=true,gru:chrono=9, ./my.mjs,1')).toEqual([
      'lstm',
      'clockwork:periods=1,2,4,a=true',
      'gru:chrono=9',
      './my.mjs',
      '1',
    ]);
  });
});

describe.each(kinds)('a thing of the kind %s', (kind) => {
  it('is found in a package and in a file, with its options and a recipe', async () => {
    for (const [name, from] of [
      [`of-${kind}`, `of-${kind}`],
      [`./my-${kind}.mjs`, `file:my-${kind}.mjs`],
    ]) {
      const { make, isBuiltIn } = await find<object>(kind, `${name}:a=1,2,b=x`, {
        ...workingFolder(),
        with: { c: null },
      });
      const options = { a: [1, 2], b: 'x', c: null, given: 3 };
      const made = make({ given: 3 });
      expect([isBuiltIn, made]).toMatchObject([false, { name: 'mine', options }]);
      const recipe = { package: from, factory: 'mine', arguments: [options] };
      if (kind !== 'optimizer') expect(made).toMatchObject({ recipe });
    }
  });

  it('has no option that it does not declare, and no name that is not there', async () => {
    const { builtIn, command } = KINDS[kind];
    for (const name of Object.keys(await builtIn())) {
      await expect(find(kind, `${name}:nosuch=1`)).rejects.toThrow(`${kind}: ${name} has no option nosuch; it has `);
    }
    await expect(find(kind, 'qqqqqq')).rejects.toThrow(
      `${kind}: "qqqqqq" is neither a built-in ${kind} nor an installed package; "elman ${command}" lists what is built in.`,
    );
  });

  it('is listed, a line each, with options and summary', async () => {
    const { builtIn, command } = KINDS[kind];
    const factories = Object.entries(await builtIn());
    const { stdout } = await inProcess([command]);
    for (const [name, { summary, options = {} }] of factories) {
      const [line = ''] = stdout.split('\n').filter((one) => one.startsWith(`  ${name} `));
      expect(line).toContain(` ${summary}`);
      for (const option of Object.keys(options)) expect(line).toContain(option);
    }
    expect(stdout.split('\n')).toHaveLength(factories.length + 5);
    const json = JSON.parse((await inProcess([command, '--json'])).stdout);
    expect(Object.keys(json[command])).toEqual(factories.map(([name]) => name));
  });
});

it('lists the options of one', async () => {
  expect((await inProcess(['memories', 'tape'])).stdout.split('\n')).toEqual([
    'tape: tape with a moving head',
    '  cells  a number       (default: 64)',
    '  size   a number       (default: 16)',
    '  tapes  a number',
    '  moves  numbers',
    '  hard   true or false',
    '',
  ]);
  expect((await inProcess(['cells', 'lsmt'])).stderr).toContain('did you mean lstm?');
});

describe('a file', () => {
  it.each([
    ['./two.mjs:more', 'more'],
    ['./default.mjs', 'default'],
    ['./default.mjs:mine', 'mine'],
  ])('%s makes a cell by %s', async (name, factory) => {
    const { make } = await find<object>('cell', name, workingFolder());
    expect(make()).toMatchObject({ recipe: { factory } });
  });

  it.each([
    ['./two.mjs', 'cell: ./two.mjs: expected one exported function, got h, mine, more; say which: ./two.mjs:h'],
    ['./two.mjs:less', 'cell: ./two.mjs: it exports no function less; it has h, mine, more.'],
    ['./none.mjs', 'cell: ./none.mjs: expected one exported function, got none; export one.'],
    ['./nosuch.mjs', './nosuch.mjs: there is no such file.'],
    ['./notes.txt', './notes.txt: expected a file of JavaScript, as my-cell.mjs.'],
    ['./broken.mjs', './broken.mjs: cannot be loaded ('],
  ])('%s is refused', async (name, message) => {
    await expect(find('cell', name, workingFolder())).rejects.toThrow(message);
  });

  it('that makes something else is refused', async () => {
    const { make } = await find('cell', './two.mjs:h', workingFolder());
    expect(() => make()).toThrow('cell: h of file:two.mjs: expected a cell (a record with init, initialState, step).');
  });

  it('is called by its name without its path', () => {
    expect(nameOfFile('../x y/my cell.mjs')).toBe('file:my-cell.mjs');
  });
});
