import { Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { makeBlocks } from '../src/simd/blocks.ts';

it('allocates blocks that do not overlap, aligned to cache lines, and merges all when freed', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 100 });
  const blocks = makeBlocks(memory, 100);
  const rng = Rng.seeded(1);
  const taken: { from: number; to: number }[] = [];
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 400; i++) {
      if (rng.uniform() < 0.45 && taken.length > 0) {
        const [block] = taken.splice(Math.floor(rng.uniform() * taken.length), 1);
        blocks.give(block?.from as number);
        continue;
      }
      const bytes = Math.floor(rng.uniform() ** 4 * 50_000);
      const from = blocks.take(bytes);
      const to = from + bytes;
      expect(from % 64).toBe(0);
      expect(from).toBeGreaterThanOrEqual(100);
      expect(to).toBeLessThanOrEqual(memory.buffer.byteLength);
      expect(taken.some((other) => from < other.to && other.from < to)).toBe(false);
      taken.push({ from, to });
    }
    for (const { from } of taken.splice(0)) blocks.give(from);
  }
  const size = memory.buffer.byteLength;
  expect(size).toBeLessThan(100 * 65536);
  expect(blocks.take(size - 128)).toBe(128);
  expect(memory.buffer.byteLength).toBe(size);
});

it('grows by the missing size, and frees a block once', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  const blocks = makeBlocks(memory, 0);
  const first = blocks.take(65536 / 2);
  blocks.take(65536);
  expect(memory.buffer.byteLength).toBe(2 * 65536);
  blocks.give(first);
  blocks.give(first);
  expect([blocks.take(64), blocks.take(64)]).toEqual([first, first + 64]);
  expect(() => blocks.take(10 * 65536)).toThrow(RangeError);
});
