/** Two sequences as numbers that are equal where the items are (`===`; NaN equals NaN). Texts are taken by code points. */
export function symbolsOf<T>(a: ArrayLike<T> | string, b: ArrayLike<T> | string): [Int32Array, Int32Array] {
  const numbers = new Map<unknown, number>();
  const numbered = (sequence: ArrayLike<unknown> | string): Int32Array =>
    Int32Array.from(itemsOf(sequence), (item) => {
      const known = numbers.get(item);
      if (known !== undefined) return known;
      numbers.set(item, numbers.size);
      return numbers.size - 1;
    });
  return [numbered(a), numbered(b)];
}

/** The items of a sequence, of a text its code points. */
export function itemsOf<T>(sequence: ArrayLike<T> | string): ArrayLike<unknown> {
  return typeof sequence === 'string' ? [...sequence] : sequence;
}

/** The sequences without their common prefix and suffix, which do not change the distance, and the lengths of those. */
export function trimmed(
  a: Int32Array,
  b: Int32Array,
): { readonly a: Int32Array; readonly b: Int32Array; readonly start: number; readonly end: number } {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { a: a.subarray(start, a.length - end), b: b.subarray(start, b.length - end), start, end };
}
