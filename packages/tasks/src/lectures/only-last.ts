/** A mask in which the last of so many frames counts alone. */
export function onlyLast(length: number): number[] {
  return Array.from({ length }, (_, t) => (t === length - 1 ? 1 : 0));
}
