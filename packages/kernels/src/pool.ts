/** Free arrays, by length, and the total of their numbers. */
const free = new Map<number, Float32Array[]>();
let held = 0;

/** Limit of free numbers, above which all are left to the garbage collector: 256 MB. */
const MOST_HELD: number = 2 ** 26;

/** A copy in a recycled array, or a newly allocated one: new memory costs six times the copy. */
export function copyOf(values: Float32Array): Float32Array {
  const array = free.get(values.length)?.pop();
  if (array === undefined) return values.slice();
  held -= array.length;
  array.set(values);
  return array;
}

/** Returns arrays that are no longer used. One that is not returned is garbage-collected. */
export function giveBack(arrays: Iterable<Float32Array>): void {
  for (const array of arrays) {
    if (held + array.length > MOST_HELD) {
      free.clear();
      held = 0;
    }
    const others = free.get(array.length);
    if (others === undefined) free.set(array.length, [array]);
    else others.push(array);
    held += array.length;
  }
}
