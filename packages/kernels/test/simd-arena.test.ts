import { expect, it } from 'vitest';
import { makeArena } from '../src/simd/arena.ts';
import { makeBlocks } from '../src/simd/blocks.ts';

const memory = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1 });

it('detects a write just before and just after a block', () => {
  for (const beside of [-1, 5]) {
    const arena = makeArena(makeBlocks(memory(), 100), true);
    const { one, two } = arena.layout({ one: 5, two: 5 });
    arena.view(one, 5).fill(1);
    arena.view(two, 5).fill(2);
    expect(() => arena.check()).not.toThrow();
    arena.view(two + 4 * beside, 1).fill(3);
    expect(() => arena.check()).toThrow(/arena: a write after block [12] of 2/);
  }
});

it('aligns blocks to cache lines, after the reserved bytes', () => {
  const { one, two } = makeArena(makeBlocks(memory(), 100), false).layout({ one: 3, two: 3 });
  expect([one % 64, two % 64]).toEqual([0, 0]);
  expect(one).toBeGreaterThan(100);
  expect(two).toBeGreaterThanOrEqual(one + 12);
});

it('grows to the largest layout and does not shrink', () => {
  const grown = memory();
  const arena = makeArena(makeBlocks(grown, 0), false);
  arena.layout({ one: 100_000 });
  const bytes = grown.buffer.byteLength;
  const { one } = arena.layout({ one: 90_000, two: 1000 });
  arena.view(one, 90_000).fill(1);
  expect(grown.buffer.byteLength).toBe(bytes);
});

it('moves where others hold the memory behind it', () => {
  const blocks = makeBlocks(memory(), 0);
  const arena = makeArena(blocks, true);
  arena.layout({ one: 20 });
  const other = blocks.take(400);
  blocks.view(other, 100).fill(2);
  const { one } = arena.layout({ one: 1000 });
  arena.view(one, 1000).fill(3);
  arena.check();
  expect(one).toBeGreaterThan(other);
  expect(blocks.view(other, 100).every((value) => value === 2)).toBe(true);
});

it('keeps its place where it cannot grow', () => {
  const arena = makeArena(makeBlocks(new WebAssembly.Memory({ initial: 1, maximum: 2 }), 0), true);
  const { one } = arena.layout({ one: 20 });
  expect(() => arena.layout({ one: 100_000 })).toThrow(RangeError);
  expect(arena.layout({ one: 20 })).toEqual({ one });
  arena.check();
});
