import { getBackend } from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { haveWorkers } from '../src/simd/workers.ts';
import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';
import { cells, compiledBits } from './compiler/in-workspace.ts';

let memory: WebAssembly.Memory;
const onMemory = (made: WebAssembly.Memory): void => {
  memory = made;
};
const workspace = makeWorkspace('simd4x8', { guarded: true, onMemory }) as Workspace;

/** Waits until this many threads have started; they start with the first large job. */
async function use(threads: number): Promise<void> {
  workspace.team.resize(threads);
  workspace.team.run('columnSums', 0, 8, 1e9, 0, 0, 0, 0);
  while (workspace.team.threads < threads) await new Promise((resolve) => setTimeout(resolve, 1));
}

afterAll(() => workspace.team.resize(1));

it('has workers in Node, and in pages that are cross-origin isolated', () => {
  expect(haveWorkers()).toBe(typeof window === 'undefined' || crossOriginIsolated);
  expect(haveWorkers()).toBe(typeof window === 'undefined' || getBackend() === 'cpu');
});

it.runIf(haveWorkers()).each(Object.keys(cells) as (keyof typeof cells)[])(
  'a compiled step has the same bits on any number of threads, where memory can be shared: %s',
  async (name) => {
    for (const reverse of [false, true]) {
      await use(1);
      const expected = compiledBits(workspace, { name, reverse });
      for (const threads of [2, 3, 5]) {
        await use(threads);
        expect(workspace.team.threads).toBe(threads);
        expect(compiledBits(workspace, { name, reverse })).toEqual(expected);
      }
    }
  },
);

it.runIf(haveWorkers())('splits any number of units among any number of threads, where there are any', async () => {
  await use(5);
  const { arena, team } = workspace;
  for (const count of [1, 7, 16, 90, 100]) {
    const { rows, sums } = arena.layout({ rows: 3 * count, sums: count });
    arena.view(rows, 3 * count).set(Float32Array.from({ length: 3 * count }, (_, i) => i));
    for (const threads of [2, 3, 5]) {
      team.resize(threads);
      arena.view(sums, count).fill(-1);
      team.run('columnSums', count, 8, 1e9, 3, 4 * count, rows, sums);
      expect([...arena.view(sums, count)]).toEqual(Array.from({ length: count }, (_, i) => 3 * (i + count)));
      arena.check();
    }
  }
});

it.runIf(haveWorkers())('names the function that failed in a worker, where there are any, and continues', async () => {
  await use(2);
  const { arena, team } = workspace;
  const { rows, sums } = arena.layout({ rows: 16, sums: 16 });
  // The first 8 columns exist, the others are beyond the memory.
  const end = memory.buffer.byteLength;
  expect(() => team.run('columnSums', 16, 8, 1e9, 1, 64, end - 32, sums)).toThrow(
    'kernels: columnSums stopped: memory access out of bounds',
  );
  arena.view(rows, 16).fill(2);
  team.run('columnSums', 16, 8, 1e9, 1, 64, rows, sums);
  expect([...arena.view(sums, 16)]).toEqual(Array(16).fill(2));
});
