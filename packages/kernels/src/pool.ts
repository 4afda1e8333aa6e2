/** Arrays that are free, by length, and how many numbers they are. */
const free = new Map<number, Float32Array[]>();
let held = 0;

/** Free numbers beyond which all are the collector's: 256 MB. */
const MOST_HELD: number = 2 ** 26;

/** A copy of numbers in an array that was given back, or a fresh one: fresh memory costs six times the copy. */
export function copyOf(values: Float32Array): Float32Array {
  const array = free.get(values.length)?.pop();
  if (array === undefined) return values.slice();
  held -= array.length;
  array.set(values);
  return array;
}

/** Gives arrays back that nobody will look at again. One that never is, the collector frees. */
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
