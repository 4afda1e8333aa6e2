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

it('keeps the contents of blocks that are made larger or smaller, and says how many bytes are in use', () => {
  const blocks = makeBlocks(new WebAssembly.Memory({ initial: 1, maximum: 100 }), 0);
  const rng = Rng.seeded(2);
  const taken: { address: number; floats: number; value: number }[] = [];
  const lines = (floats: number): number => 64 * Math.max(1, Math.ceil(floats / 16));
  const drawn = (): number => Math.floor(rng.uniform() ** 4 * 10_000);
  for (let i = 0; i < 600; i++) {
    const block = taken[Math.floor(rng.uniform() * taken.length)];
    if (block === undefined || rng.uniform() < 0.3) {
      const floats = drawn();
      taken.push({ address: blocks.take(4 * floats), floats, value: i });
      blocks.view(taken.at(-1)?.address as number, floats).fill(i);
    } else if (rng.uniform() < 0.4) {
      blocks.give(block.address);
      taken.splice(taken.indexOf(block), 1);
    } else {
      const floats = drawn();
      block.address = blocks.resize(block.address, 4 * floats);
      blocks.view(block.address, floats).fill(block.value, block.floats);
      block.floats = floats;
    }
    expect(blocks.used).toBe(taken.reduce((sum, { floats }) => sum + lines(floats), 0));
  }
  for (const { address, floats, value } of taken) {
    expect(blocks.view(address, floats).every((each) => each === value)).toBe(true);
    blocks.give(address);
  }
  expect(blocks.used).toBe(0);
});

it('loses nothing where there is no room', () => {
  const blocks = makeBlocks(new WebAssembly.Memory({ initial: 1, maximum: 2 }), 0);
  const [first, second] = [blocks.take(64), blocks.take(128)];
  blocks.view(second, 32).fill(3);
  const text = 'kernels: expected room for 65536 numbers in the memory of the kernels, found none: use smaller batches';
  expect(() => blocks.take(4 * 65536)).toThrow(text);
  for (const address of [first, second]) expect(() => blocks.resize(address, 4 * 65536)).toThrow(text);
  expect(blocks.used).toBe(192);
  expect(blocks.view(second, 32).every((value) => value === 3)).toBe(true);
  expect(blocks.take(2 * 65536 - 192)).toBe(192);
});
