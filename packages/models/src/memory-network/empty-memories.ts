import type { Rng } from '@elman/core';
import {
  cast,
  concat,
  less,
  pad,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';

/** Memories: ids int32 [batch, slots, words]; the age of each in sentences, int32 [batch·slots]; 1 where there is one, [batch, slots]. */
export type Memories = { readonly ids: Tensor3D; readonly times: Tensor1D; readonly mask: Tensor2D };

/** Sentences, the latest first, with consecutive ages. */
export function memoriesOf(ids: Tensor3D, mask: Tensor2D): Memories {
  const [batch, slots] = ids.shape;
  return {
    ids,
    times: tensor1d(
      Int32Array.from({ length: batch * slots }, (_, i) => i % slots),
      'int32',
    ),
    mask,
  };
}

/** A gap beyond the length of any story. */
const NOWHERE = 1e9;

/**
 * Sentences with empty memories between them, `share` for each on average: each increases the age of those before it by
 * one, and is a memory without words. They come after the slots of the sentences.
 *
 * Drawn are ⌈share·slots⌉ candidates for each row, each there with probability share·slots / their number, before a sentence that is drawn;
 * where the story is shorter, the candidate is absent. No time is above memorySize − 1.
 */
export function withEmpty(rng: Rng, ids: Tensor3D, mask: Tensor2D, share: number, memorySize: number): Memories {
  const [batch, slots] = ids.shape;
  const count = Math.ceil(share * slots);
  const all = slots + count;
  const times = new Int32Array(batch * all);
  const gaps = new Float32Array(batch * count);
  const latest = memorySize - 1;
  for (let row = 0; row < batch; row++) {
    const drawn = Array.from({ length: count }, () => {
      const gap = rng.integer(slots);
      return rng.uniform() < (share * slots) / count ? gap : NOWHERE;
    }).sort((a, b) => a - b);
    for (let i = 0, before = 0; i < slots; i++) {
      while (before < count && (drawn[before] as number) <= i) before++;
      times[row * all + i] = Math.min(i + before, latest);
    }
    for (const [j, gap] of drawn.entries()) {
      times[row * all + slots + j] = Math.min(gap + j, latest);
      gaps[row * count + j] = gap;
    }
  }
  const isThere = cast(less(tensor2d(gaps, [batch, count]), sum(mask, 1, true)), 'float32') as Tensor2D;
  return {
    ids: pad(ids, [
      [0, 0],
      [0, count],
      [0, 0],
    ]),
    times: tensor1d(times, 'int32'),
    mask: concat([mask, isThere], 1),
  };
}
