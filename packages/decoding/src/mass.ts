const FORBIDDEN = Number.NEGATIVE_INFINITY;

/**
 * Keeps the fewest logits, lowest keys first, whose weights sum to `mass` or more; ties: lower
 * indices; −∞ elsewhere. Keeps all if the total is less.
 *
 * The key where the sum is reached is found by selection, not by sorting: O(V) on the average.
 */
export function keepMass(logits: Float32Array, keys: Float64Array, weights: Float64Array, mass: number): Float32Array {
  const order = new Int32Array(logits.length);
  let to = 0;
  for (let i = 0; i < weights.length; i++) if ((weights[i] as number) > 0) order[to++] = i;
  let from = 0;
  let taken = 0;
  let bound = Number.POSITIVE_INFINITY;
  while (from < to) {
    const pivot = median(keys, order, from, to);
    const { less, more, lighter, equal } = partition(keys, weights, order, from, to, pivot);
    if (taken + lighter >= mass) {
      bound = pivot;
      to = less;
    } else if (taken + lighter + equal >= mass) {
      return keepBelow(logits, keys, weights, pivot, mass - taken - lighter);
    } else {
      taken += lighter + equal;
      from = more;
    }
  }
  // Sums in another order may round differently: then keep all below the last bound.
  return bound === Number.POSITIVE_INFINITY ? logits.slice() : keepBelow(logits, keys, weights, bound, 0);
}

/** Entries with a key below `bound`, and of those with that key as many as weigh `rest` together. */
function keepBelow(
  logits: Float32Array,
  keys: Float64Array,
  weights: Float64Array,
  bound: number,
  rest: number,
): Float32Array {
  let left = rest;
  return logits.map((z, i) => {
    const key = keys[i] as number;
    if (key < bound) return z;
    if (key !== bound || !(left > 0)) return FORBIDDEN;
    left -= weights[i] as number;
    return z;
  });
}

/** Median of the first, the middle and the last key of a range. */
function median(keys: Float64Array, order: Int32Array, from: number, to: number): number {
  const at = (i: number): number => keys[order[i] as number] as number;
  const [a, b, c] = [at(from), at((from + to) >> 1), at(to - 1)];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Partitions a range into keys below, at and above the pivot; returns the boundaries and the weights of the first two. */
function partition(
  keys: Float64Array,
  weights: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
  pivot: number,
): { readonly less: number; readonly more: number; readonly lighter: number; readonly equal: number } {
  let [less, more, lighter, equal] = [from, to, 0, 0];
  for (let i = from; i < more; ) {
    const index = order[i] as number;
    const key = keys[index] as number;
    if (key < pivot) {
      order[i++] = order[less] as number;
      order[less++] = index;
      lighter += weights[index] as number;
    } else if (key > pivot) {
      order[i] = order[--more] as number;
      order[more] = index;
    } else {
      equal += weights[index] as number;
      i++;
    }
  }
  return { less, more, lighter, equal };
}
