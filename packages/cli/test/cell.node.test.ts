import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factories as cells } from '@elman/cells';
import { installedPackage, type Recipe, remake } from '@elman/core';
import { factories as memories } from '@elman/memory';
import { factories as combinators } from '@elman/rnn';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findCell } from '../src/cell.ts';

let work: string;
const CELL = `const cell = ({ inputSize, hiddenSize }) => ({ name: 'toy', inputSize, outputSize: hiddenSize,
  init: () => ({}), initialState: () => ({}), step: () => { throw new Error('toy'); } });\n`;

function install(name: string, source: string, manifest: object): void {
  const folder = join(work, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', ...manifest }));
  writeFileSync(join(folder, 'index.js'), source);
}

// Whatever runs the tests: commands are printed as they are called by themselves.
beforeEach(() => {
  vi.stubEnv('npm_command', '');
});
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'elman-cell-'));
  install('plain-exports', `${CELL}export { cell };`, { exports: './index.js', elman: { cell: 'cell' } });
  install('import-only', `${CELL}export { cell };`, {
    exports: { '.': { types: './x.d.ts', import: './index.js' } },
    elman: { cell: ['cell'] },
  });
  install('several', `${CELL}export { cell as a, cell as b };`, { main: 'index.js', elman: { cell: ['a', 'b'] } });
  install('@me/told', `${CELL}export { cell as toldCell }; export const helper = () => 1;`, {
    main: 'index.js',
    elman: { cell: 'toldCell' },
  });
  install(
    'around',
    'export const around = (cell, options) => ({ ...cell, name: "around " + cell.name, recipe: undefined });',
    {
      main: 'index.js',
      elman: { cell: 'around' },
    },
  );
  install('undeclared', 'globalThis.undeclaredRan = true;', { main: 'index.js' });
  install('wrong', 'export const a = () => 1;', { main: 'index.js', elman: { cell: 'b' } });
  install('no-cell', 'export const a = () => 1;', { main: 'index.js', elman: { cell: 'a' } });
});
afterAll(() => rmSync(work, { recursive: true }));

describe('findCell', () => {
  it('finds built-in cells', async () => {
    const cell = (await findCell('lstm'))({ inputSize: 3, hiddenSize: 4 });
    expect([cell.name, cell.inputSize, cell.outputSize]).toEqual(['lstm', 3, 4]);
  });

  it.each([
    ['plain-exports', 'cell'],
    ['several:b', 'b'],
    ['import-only', 'cell'],
    ['@me/told', 'toldCell'],
  ])('finds %s where the person works, and its recipe makes it again', async (name, factory) => {
    const cell = (await findCell(name, { workingFolder: work }))({ inputSize: 3, hiddenSize: 4 });
    const [from = ''] = name.split(':');
    expect(cell.recipe).toEqual({ package: from, factory, arguments: [{ inputSize: 3, hiddenSize: 4 }] });
    const found = await installedPackage(from, [work]);
    expect(found?.factories.cell).toContain(factory);
    const load = async () => (await found?.load()) ?? {};
    const again = await remake(cell.recipe as Recipe, { kind: 'cell', trust: { [from]: load } });
    expect(again).toMatchObject({ name: 'toy', inputSize: 3, outputSize: 4 });
  });

  it.each(['gru:chrono=9+ntmMemory:slots=9,width=5', 'gru:chrono=9+ntmMemory:slots=9:width=5'])(
    'combines a cell with a memory, each with options: %s',
    async (text) => {
      const cell = (await findCell(text))({ inputSize: 3, hiddenSize: 4 });
      expect(cell.recipe?.arguments).toMatchObject([
        { arguments: [{ chrono: 9, inputSize: 3 + 5 }] },
        { arguments: [{ slots: 9, width: 5 }] },
      ]);
      expect([cell.name, cell.inputSize, cell.outputSize]).toEqual(['memoryCell(gru, ntmMemory)', 3, 4 + 5]);
      const trust = { '@elman/cells': cells, '@elman/memory': memories, '@elman/rnn': combinators };
      const again = await remake(cell.recipe as Recipe, { kind: 'cell', trust });
      expect(again).toMatchObject({ name: cell.name, recipe: cell.recipe });
    },
  );

  it.each([
    ['zoneout:rate=0.5,of=gru:chrono=9', 'zoneout(gru)', [{ arguments: [{ chrono: 9, inputSize: 3 }] }, { rate: 0.5 }]],
    ['skipRnn:of=lstm', 'skipRnn(lstm)', [{ factory: 'lstm' }]],
    [
      'skipThroughTime:periods=1,5,of=simpleRnn',
      'skipThroughTime(simpleRnn)',
      [{ arguments: [{ inputSize: 3 + 8 }] }, {}],
    ],
    ['dilated:of=skipThroughTime:of=gru', 'dilated(skipThroughTime(gru))', [{ factory: 'skipThroughTime' }, {}]],
    ['stack:layers=3,of=lstm', 'stack(lstm, lstm, lstm)', [[{}, { arguments: [{ inputSize: 4 }] }, {}]]],
    ['skipStack:of=gru', 'skipStack(gru, gru)', [[{}, { arguments: [{ inputSize: 3 + 4 }] }]]],
    [
      'connectedStack:layers=3,architecture=topDown,skip=2,of=gru',
      'connectedStack(gru, gru, gru)',
      [[{ arguments: [{ inputSize: 3 + 4 + 4 }] }, {}, { arguments: [{ inputSize: 4 + 4 }] }], { skip: 2 }],
    ],
  ])('makes a combinator around a cell, or around several: %s', async (text, name, recipes) => {
    const cell = (await findCell(text))({ inputSize: 3, hiddenSize: 4 });
    expect([cell.name, cell.inputSize]).toEqual([name, 3]);
    expect(cell.outputSize % 4).toBe(0);
    expect(cell.recipe?.arguments).toMatchObject(recipes);
    const trust = { '@elman/cells': cells, '@elman/rnn': combinators };
    const again = await remake(cell.recipe as Recipe, { kind: 'cell', trust });
    expect(again).toMatchObject({ name: cell.name, recipe: cell.recipe });
  });

  it('makes a combinator of a package around a cell', async () => {
    const cell = (await findCell('around:a=1,of=gru', { workingFolder: work }))({ inputSize: 3, hiddenSize: 4 });
    expect(cell.name).toBe('around gru');
    expect(cell.recipe).toMatchObject({
      package: 'around',
      factory: 'around',
      arguments: [{ factory: 'gru' }, { a: 1 }],
    });
  });

  it.each([
    ['lstm:of=gru', /^cell: lstm: expected no of=gru; it is not made of another cell\.$/],
    ['dilated', /^cell: dilated is made of another cell; say which: dilated:of=lstm$/],
    ['dilated:period=3', /say which: dilated:period=3,of=lstm$/],
    ['zoneout:rat=1,of=lstm', /^cell: zoneout has no option rat; did you mean rate\?$/],
    ['zoneout:of=lsmt', /did you mean lstm\?/],
    ['stack:layers=0,of=lstm', /^cell: stack: layers: expected a positive whole number, got 0\.$/],
    ['lstm+disk', /^memory: "disk" is neither a built-in memory nor .*; "elman memories" lists what is built in\.$/],
    ['lstm+ntmMemory:depth=3', /^memory: ntmMemory has no option depth; it has slots, width, .*\.$/],
    ['minimalGatedUnit:chrono=3', /^cell: minimalGatedUnit has no option chrono; it has none\.$/],
    ['lstm:__proto__=3', /^cell: lstm has no option __proto__; it has chrono, recurrentInitializer, recurrentScale\.$/],
    ['lstm:kronos=3', /^cell: lstm has no option kronos; it has chrono, recurrentInitializer, recurrentScale\.$/],
    ['lstm:chrono=long', /^cell: lstm: chrono: expected a number, got "long"\.$/],
    [
      'simpleRnn:activation=rellu',
      /activation: expected one of tanh, relu, sigmoid, got "rellu"; did you mean relu\?$/,
    ],
    ['lstm+tape:moves=a', /^memory: tape: moves: expected numbers, got "a"\.$/],
    ['gru+pushPopStack:depth=0', /^pushPopStack: depth: expected/],
    ['gru+tape:cells=0', /^tape: cells: expected/],
    ['gru+continuousStack:size=0', /^continuousStack: size: expected/],
    ['gru+continuousQueue:size=0', /^continuousQueue: size: expected/],
    ['gru+continuousDeque:size=0', /^continuousDeque: size: expected/],
    ['lstm+ntmMemory:slots=0', /^ntmMemory: slots: expected/],
    ['lstm+ntmMemory:slots', /^memory: ntmMemory: expected option=value, got "slots"\.$/],
  ])('refuses %s', async (name, message) => {
    const made = async () => (await findCell(name))({ inputSize: 3, hiddenSize: 4 });
    await expect(made()).rejects.toThrow(message);
  });

  it.each([
    ['lsmt', /^cell: "lsmt" is neither a built-in cell nor an installed package; did you mean lstm\? "elman cells"/],
    ['LSTM', /did you mean lstm\?/],
    ['toString', /neither a built-in cell/],
    ['./index.js', /^\.\/index\.js: there is no such file\.$/],
    ['index.js', /nor an installed package; a file is typed "\.\/index\.js"; "elman cells"/],
    ['fs', /neither a built-in cell/],
    ['undeclared', /^cell: undeclared: its package\.json declares no cell; .*"elman": \{ "cell": "EXPORT" \}/],
    ['several', /^cell: several: expected one of those it declares \(a, b\), got none; say which: several:a$/],
    ['several:c', /got c; say which/],
    ['wrong', /names the cell "b"; it exports no such function/],
  ])('refuses %s', async (name, message) => {
    await expect(findCell(name, { workingFolder: work })).rejects.toThrow(message);
    expect(globalThis).not.toHaveProperty('undeclaredRan');
  });

  it('refuses a function that makes no cell', async () => {
    const factory = await findCell('no-cell', { workingFolder: work });
    expect(() => factory({ inputSize: 3, hiddenSize: 4 })).toThrow(/^cell: a of no-cell: expected a cell/);
  });
});
