import { Rng } from '@elman/core';
import { afterAll, describe, expect, it } from 'vitest';
import { kernelGradientScratch, makeWorkspace, paddedWidth, type Workspace } from '../src/simd/workspace.ts';

const variants = ['simd4x8', 'fma4x8', 'fma6x8', 'fma6x16'] as const;
const workspaces = variants.flatMap((name) => makeWorkspace(name) ?? []);
const rng = Rng.seeded(1);
const taken: (() => void)[] = [];

/** What lies around the rows of a matrix, and must stay. */
const GUARD = 77;

/** A matrix of random numbers in a memory, its rows in wider ones: `before` numbers in front of each, and some behind. */
function place({ blocks }: Workspace, rows: number, columns: number, before = 0, behind = 0) {
  const width = before + columns + behind;
  const block = blocks.take(4 * Math.max(1, rows * width));
  taken.push(() => blocks.give(block));
  const all = (): Float32Array => blocks.view(block, rows * width);
  all().fill(GUARD);
  const values = Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(rng.normal())));
  const isWithin = (i: number): boolean => i % width >= before && i % width < before + columns;
  for (const [i, row] of values.entries()) all().set(row, i * width + before);
  return {
    address: block + 4 * before,
    step: 4 * width,
    values,
    read: () => values.map((_, i) => [...all().subarray(i * width + before, i * width + before + columns)]),
    isGuarded: () => all().every((value, i) => isWithin(i) || value === GUARD),
  };
}

const sum = (length: number, term: (k: number) => number): number =>
  Array.from({ length }, (_, k) => term(k)).reduce((total, each) => total + each, 0);

function expectClose(got: number[][], wanted: (row: number, column: number) => number): void {
  for (const [i, row] of got.entries()) {
    for (const [j, value] of row.entries()) expect(Math.abs(value - wanted(i, j))).toBeLessThan(1e-4);
  }
}

afterAll(() => {
  for (const give of taken) give();
});

describe.each(workspaces.map((workspace) => [workspace.name, workspace] as const))('%s', (_, workspace) => {
  const { simd } = workspace;

  it('multiplies rows of wider matrices by weights that are not padded', () => {
    for (const [rows, depth, columns] of [
      [1, 1, 1],
      [3, 5, 13],
      [7, 300, 24],
      [13, 40, 37],
      [4, 0, 8],
    ] as const) {
      const width = paddedWidth(columns);
      const a = place(workspace, rows, depth, 3, 2);
      const weights = place(workspace, depth, columns, 1, 4);
      const packed = place(workspace, depth, width);
      simd.packKernel(0, 0, width, weights.address, weights.step, packed.address, depth, columns);
      const c = place(workspace, rows, width, 4, 8);
      const before = (i: number, j: number): number => c.values[i]?.[j] ?? 0;
      const product = (i: number, j: number): number =>
        j < columns ? sum(depth, (k) => (a.values[i]?.[k] ?? 0) * (weights.values[k]?.[j] ?? 0)) : 0;
      const args = [a.address, a.step, packed.address, c.address, c.step] as const;
      simd.multiplyRows(0, 0, rows, ...args, depth, width, 1);
      expectClose(c.read(), (i, j) => before(i, j) + product(i, j));
      const added = c.read();
      simd.multiplyRows(0, 1, rows, ...args, depth, width, 0);
      expect(c.read()[0]).toEqual(added[0]);
      simd.multiplyRows(0, 0, 1, ...args, depth, width, 0);
      expectClose(c.read(), product);
      const rowwise = c.read();
      for (let j = 0; j < width; j += 8) simd.multiplyColumns(0, j, j + 8, ...args, rows, depth, width, 0);
      expect(c.read()).toEqual(rowwise);
      expect([a, weights, c].every((each) => each.isGuarded())).toBe(true);
    }
  });

  it('multiplies by the transpose of weights that are not padded', () => {
    for (const [rows, depth, columns] of [
      [2, 3, 5],
      [5, 300, 11],
      [9, 17, 24],
    ] as const) {
      const width = paddedWidth(columns);
      const weights = place(workspace, columns, depth, 2, 3);
      const packed = place(workspace, depth, width);
      for (let row = 0; row < width; row += 8) {
        const to = Math.min(width, row + 8);
        simd.packTransposedKernel(0, row, to, weights.address, weights.step, packed.address, columns, depth);
      }
      const a = place(workspace, rows, depth);
      const c = place(workspace, rows, width);
      simd.multiplyRows(0, 0, rows, a.address, a.step, packed.address, c.address, c.step, depth, width, 0);
      expectClose(c.read(), (i, j) =>
        j < columns ? sum(depth, (k) => (a.values[i]?.[k] ?? 0) * (weights.values[j]?.[k] ?? 0)) : 0,
      );
    }
  });

  it('sums the gradients w.r.t. weights over slices of wider rows', () => {
    for (const [rows, depth, columns] of [
      [1, 1, 8],
      [5, 3, 16],
      [13, 300, 24],
      [3, 0, 8],
    ] as const) {
      const a = place(workspace, depth, rows, 5, 2);
      const b = place(workspace, depth, columns, 3, 1);
      const c = place(workspace, rows, columns, 2, 6);
      const scratch = place(workspace, 2, kernelGradientScratch(rows, columns));
      const half = 8 * Math.ceil(columns / 16);
      for (const [part, from, to] of [[0, 0, half] as const, [1, half, columns] as const]) {
        const matrices = [a.address, a.step, b.address, b.step, c.address, c.step] as const;
        simd.kernelGradient(part, from, to, ...matrices, rows, depth, columns, scratch.address);
      }
      expectClose(c.read(), (i, j) => sum(depth, (k) => (a.values[k]?.[i] ?? 0) * (b.values[k]?.[j] ?? 0)));
      expect([a, b, c].every((each) => each.isGuarded())).toBe(true);
    }
  });

  it('sums any number of rows and columns', () => {
    for (const [rows, columns] of [
      [0, 3],
      [1, 1],
      [130, 23],
    ] as const) {
      const source = place(workspace, rows, columns, 1, 2);
      const target = place(workspace, 1, columns, 1, 1);
      const { address, step } = source;
      simd.columnSums(0, 0, columns, rows, step, address, target.address);
      expectClose(target.read(), (_row, j) => sum(rows, (i) => source.values[i]?.[j] ?? 0));
      expect(target.isGuarded()).toBe(true);
    }
  });

  it('swaps axes between rows of any width, in parts', () => {
    for (const [first, second, size] of [
      [3, 4, 5],
      [1, 6, 8],
      [5, 1, 3],
      [1, 3, 0],
    ] as const) {
      for (const padding of [0, 3]) {
        const source = place(workspace, first * second, size);
        const target = place(workspace, second * first, size, 0, padding);
        const back = place(workspace, first * second, size);
        const swap = (from: typeof source, to: typeof source, ...sizes: [number, number, number]): void => {
          const args = [from.address, from.step, to.address, to.step, ...sizes] as const;
          const half = Math.ceil(sizes[1] / 2);
          simd.swapAxes(0, 0, half, ...args);
          simd.swapAxes(1, half, sizes[1], ...args);
        };
        swap(source, target, first, second, size);
        swap(target, back, second, first, size);
        const swapped = Array.from({ length: first * second }, (_, row) => {
          const [j, i] = [Math.floor(row / first), row % first];
          return source.values[i * second + j];
        });
        expect(target.read()).toEqual(swapped);
        expect(back.read()).toEqual(source.values);
        expect(target.isGuarded()).toBe(true);
      }
    }
  });
});
