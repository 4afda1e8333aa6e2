/** Whether a string can be written as UTF-8: it has no lone surrogate. */
export const isUnicode = (text: string): boolean => !/\p{Surrogate}/u.test(text);

const utf8 = new TextEncoder();

/** The order of names in a file: that of their bytes in UTF-8, which differs from that of `<` beyond U+FFFF. */
export function byBytes(a: string, b: string): number {
  const [x, y] = [utf8.encode(a), utf8.encode(b)];
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] as number) - (y[at] ?? -1);
}
