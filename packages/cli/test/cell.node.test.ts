import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remake } from '@elman/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInCells, findCell } from '../src/cell.ts';
import { importPackage } from '../src/packages.ts';

let work: string;
const CELL = `const cell = ({ inputSize, hiddenSize }) => ({ name: 'toy', inputSize, outputSize: hiddenSize,
  init: () => ({}), initialState: () => ({}), step: () => { throw new Error('toy'); } });\n`;

function install(name: string, source: string, manifest: object): void {
  const folder = join(work, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', ...manifest }));
  writeFileSync(join(folder, 'index.js'), source);
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'elman-cell-'));
  install('only-one', `${CELL}export { cell as onlyOne };`, { exports: './index.js' });
  install('import-only', `${CELL}export { cell };`, { exports: { '.': { types: './x.d.ts', import: './index.js' } } });
  install('@me/told', `${CELL}export { cell as toldCell }; export const helper = () => 1;`, {
    main: 'index.js',
    elman: { cell: 'toldCell' },
  });
  install('two', `${CELL}export { cell }; export const helper = () => 1;`, { main: 'index.js' });
  install('wrong', 'export const a = () => 1;', { main: 'index.js', elman: { cell: 'b' } });
  install('no-cell', 'export const a = () => 1;', { main: 'index.js' });
});
afterAll(() => rmSync(work, { recursive: true }));

describe('findCell', () => {
  it('finds built-in cells', async () => {
    const cell = (await findCell('lstm'))({ inputSize: 3, hiddenSize: 4 });
    expect([cell.name, cell.inputSize, cell.outputSize]).toEqual(['lstm', 3, 4]);
  });

  it.each([
    ['only-one', 'onlyOne'],
    ['import-only', 'cell'],
    ['@me/told', 'toldCell'],
  ])('finds %s where the person works, and its recipe makes it again', async (name, factory) => {
    const cell = (await findCell(name, work))({ inputSize: 3, hiddenSize: 4 });
    expect(cell.recipe).toEqual({ package: name, factory, arguments: [{ inputSize: 3, hiddenSize: 4 }] });
    const again = await remake(cell.recipe as NonNullable<typeof cell.recipe>, (from) => importPackage(from, work));
    expect(again).toMatchObject({ name: 'toy', inputSize: 3, outputSize: 4 });
  });

  it('puts a memory behind a cell', async () => {
    const cell = (await findCell('gru+ntmMemory:slots=9:width=5'))({ inputSize: 3, hiddenSize: 4 });
    expect([cell.name, cell.inputSize, cell.outputSize]).toEqual(['memoryCell(gru, ntmMemory)', 3, 4 + 5]);
    const again = await remake(cell.recipe as NonNullable<typeof cell.recipe>, (from) => importPackage(from, work));
    expect(again).toMatchObject({ name: cell.name, recipe: cell.recipe });
  });

  it.each([
    ['lstm+disk', /^cell: expected a memory of .*ntmMemory.*, got "disk"\.$/],
    ['lstm+ntmMemory:depth=3', /^cell: ntmMemory has no option depth; leave it out\.$/],
    ['gru+pushPopStack:depth=0', /^pushPopStack: depth: expected/],
    ['gru+tape:cells=0', /^tape: cells: expected/],
    ['gru+continuousStack:size=0', /^continuousStack: size: expected/],
    ['gru+continuousQueue:size=0', /^continuousQueue: size: expected/],
    ['gru+continuousDeque:size=0', /^continuousDeque: size: expected/],
    ['lstm+ntmMemory:slots=0', /^ntmMemory: slots: expected/],
    ['lstm+ntmMemory:slots', /^cell: ntmMemory: expected option=value, got "slots"\.$/],
  ])('refuses %s', async (name, message) => {
    const made = async () => (await findCell(name))({ inputSize: 3, hiddenSize: 4 });
    await expect(made()).rejects.toThrow(message);
  });

  it.each([
    ['lsmt', /^cell: "lsmt" is neither a built-in cell \(.*lstm.*\) nor an installed package/],
    ['./index.js', /neither a built-in cell/],
    ['fs', /neither a built-in cell/],
    ['two', /^cell: two: expected one exported function, got cell, helper; .*"elman": \{ "cell": "NAME" \}/],
    ['wrong', /names the cell "b"; it exports no such function/],
  ])('refuses %s', async (name, message) => {
    await expect(findCell(name, work)).rejects.toThrow(message);
  });

  it('refuses a function that makes no cell', async () => {
    const factory = await findCell('no-cell', work);
    expect(() => factory({ inputSize: 3, hiddenSize: 4 })).toThrow(/^cell: a of no-cell: expected a cell/);
  });
});

it('builtInCells leaves out what makes no cell', () => {
  expect(builtInCells({ x: () => 1, y: 3, z: () => ({ init() {}, initialState() {}, step() {} }) })).toEqual(['z']);
});
