/** A mask in which only the last of `length` frames counts. */
export function onlyLast(length: number): number[] {
  return Array.from({ length }, (_, t) => (t === length - 1 ? 1 : 0));
}
