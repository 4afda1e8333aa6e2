import { Rng } from '@elman/core';
import { ones, type Tensor2D, type Tensor3D, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { withEmpty } from '../src/memory-network/empty-memories.ts';

const [BATCH, SLOTS] = [200, 20];
const sentences = () => ones([BATCH, SLOTS, 2], 'int32') as Tensor3D;

/** For each row: the times of its sentences, and of the empty memories that are there. */
async function timesOf(mask: Tensor2D, share: number, memorySize = 100) {
  const { ids, times, mask: all } = withEmpty(Rng.seeded(1), sentences(), mask, share, memorySize);
  const [told, real, words] = [await times.data(), await all.array(), await ids.array()];
  const slots = all.shape[1];
  return real.map((row, b) => {
    const at = (from: number, to: number) =>
      row.slice(from, to).flatMap((is, i) => (is === 1 ? [told[b * slots + from + i] as number] : []));
    expect(
      words[b]
        ?.slice(SLOTS)
        .flat()
        .every((id) => id === 0),
    ).toBe(true);
    return { sentences: at(0, SLOTS), empty: at(SLOTS, slots) };
  });
}

it('empty memories are between sentences, each at a distinct time', async () => {
  const rows = await timesOf(ones([BATCH, SLOTS]) as Tensor2D, 0.1);
  for (const { sentences, empty } of rows) {
    expect(sentences).toEqual([...sentences].sort((a, b) => a - b));
    const all = [...sentences, ...empty].sort((a, b) => a - b);
    expect(all).toEqual(all.map((_, i) => i));
  }
  const count = rows.reduce((sum, { empty }) => sum + empty.length, 0);
  expect(count / (BATCH * SLOTS)).toBeGreaterThan(0.08);
  expect(count / (BATCH * SLOTS)).toBeLessThan(0.12);
  expect(new Set(rows.flatMap(({ empty }) => empty)).size).toBeGreaterThan(10);
});

it('empty memories are equally rare in short stories, and absent beyond the story', async () => {
  const short = tensor2d(Array.from({ length: BATCH }, () => Array.from({ length: SLOTS }, (_, i) => (i < 5 ? 1 : 0))));
  const rows = await timesOf(short, 0.4);
  for (const { sentences, empty } of rows) {
    const all = [...sentences, ...empty].sort((a, b) => a - b);
    expect(all).toEqual(all.map((_, i) => i));
  }
  const count = rows.reduce((sum, { empty }) => sum + empty.length, 0);
  expect(Math.abs(count / (BATCH * 5) - 0.4)).toBeLessThan(0.06);
  const nothing = await timesOf(zeros([BATCH, SLOTS]) as Tensor2D, 0.4);
  expect(nothing.every(({ sentences, empty }) => sentences.length + empty.length === 0)).toBe(true);
});

it('no time exceeds the memory', async () => {
  const rows = await timesOf(ones([BATCH, SLOTS]) as Tensor2D, 0.5, SLOTS);
  const latest = Math.max(...rows.flatMap(({ sentences, empty }) => [...sentences, ...empty]));
  expect(latest).toBe(SLOTS - 1);
});
