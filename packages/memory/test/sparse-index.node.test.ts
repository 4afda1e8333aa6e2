import { Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { hyperplaneIndex } from '../src/sparse/hyperplane-index.ts';
import { Best, linearSearch, SlotVectors } from '../src/sparse/nearest.ts';
import { UsageOrder } from '../src/sparse/usage-order.ts';

const WIDTH = 16;

function filled(slots: number, seed: number): SlotVectors {
  const rng = Rng.seeded(seed);
  return new SlotVectors(
    Float32Array.from({ length: slots * WIDTH }, () => rng.normal()),
    WIDTH,
  );
}

const contentOf = ({ values }: SlotVectors, slot: number): Float32Array =>
  values.slice(slot * WIDTH, (slot + 1) * WIDTH);

describe('an index by random planes', () => {
  const slots = 2048;

  it('finds the slot that equals a key, after any changes, and never by former contents', () => {
    const vectors = filled(slots, 1);
    const index = hyperplaneIndex(vectors, new UsageOrder(new Int32Array(slots)));
    const rng = Rng.seeded(2);
    const best = new Best(1);
    const first = (key: Float32Array): number => {
      best.clear();
      index.search(key, best);
      return best.slots[0] as number;
    };
    for (let i = 0; i < 500; i++) {
      const slot = rng.integer(slots);
      const before = contentOf(vectors, slot);
      if (before.every((x) => x === 0)) continue;
      expect(first(before)).toBe(slot);
      for (let j = 0; j < WIDTH; j++) vectors.values[slot * WIDTH + j] = i % 5 === 0 ? 0 : rng.normal();
      vectors.measure(slot);
      index.changed(slot);
      if (i % 5 === 0) expect(first(before)).not.toBe(slot);
      else expect(first(contentOf(vectors, slot))).toBe(slot);
    }
  });

  it('finds the slot of a key with a little noise in 19 of 20 searches', () => {
    const vectors = filled(slots, 3);
    const order = new UsageOrder(new Int32Array(slots));
    const [index, all] = [hyperplaneIndex(vectors, order), linearSearch(vectors)];
    const rng = Rng.seeded(4);
    const [found, wanted] = [new Best(1), new Best(1)];
    let same = 0;
    for (let i = 0; i < 200; i++) {
      const key = contentOf(vectors, rng.integer(slots)).map((x) => x + 0.3 * rng.normal());
      found.clear();
      wanted.clear();
      index.search(key, found);
      all.search(key, wanted);
      if (found.slots[0] === wanted.slots[0]) same++;
    }
    expect(same).toBeGreaterThanOrEqual(190);
  });

  it('of few slots is an exhaustive search', () => {
    const vectors = filled(64, 5);
    const order = new UsageOrder(new Int32Array(64));
    const [found, wanted] = [new Best(8), new Best(8)];
    const key = contentOf(filled(1, 6), 0);
    hyperplaneIndex(vectors, order).search(key, found);
    linearSearch(vectors).search(key, wanted);
    expect(found.slots).toEqual(wanted.slots);
  });
});

it('an exhaustive search equals sorting; ties: the lower slot', () => {
  const vectors = filled(40, 7);
  vectors.values.copyWithin(5 * WIDTH, 9 * WIDTH, 10 * WIDTH);
  vectors.values.fill(0, 20 * WIDTH, 30 * WIDTH);
  for (let slot = 0; slot < 40; slot++) vectors.measure(slot);
  const key = contentOf(vectors, 9);
  const scores = Array.from({ length: 40 }, (_, slot) => vectors.likeness(slot, key));
  const sorted = scores.map((_, slot) => slot).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const best = new Best(30);
  linearSearch(vectors).search(key, best);
  expect(Array.from(best.slots)).toEqual(sorted.slice(0, 30));
  expect(Array.from(best.slots.subarray(0, 2))).toEqual([5, 9]);
});

it('slots stay in the order of their last use', () => {
  const rng = Rng.seeded(8);
  const slots = 12;
  const times = Int32Array.from({ length: slots }, () => rng.integer(4));
  const order = new UsageOrder(times.slice());
  const wanted = Array.from(times);
  let now = Math.max(...wanted);
  for (let i = 0; i < 300; i++) {
    const inOrder = wanted
      .map((_, slot) => slot)
      .sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b);
    const found = [order.oldest];
    while (found.length < slots) found.push(order.after(found.at(-1) as number));
    expect(found).toEqual(inOrder);
    expect(order.after(found.at(-1) as number)).toBe(slots);
    const used = wanted.map((_, slot) => slot).filter(() => rng.uniform() < 0.2);
    order.use(used);
    if (used.length > 0) now++;
    for (const slot of used) wanted[slot] = now;
    expect(Array.from(order.lastAccess)).toEqual(wanted);
  }
});
