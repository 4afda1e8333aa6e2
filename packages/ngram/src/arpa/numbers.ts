/** What stands for log₁₀ 0 in a file. */
const ZERO = -99;

/** The word of the beginning of a sentence. */
export const BEGIN = '<s>';
/** The word of its end. */
export const END = '</s>';

/** Nats as log₁₀ with seven decimals. */
export function toText(nats: number): string {
  const log10 = nats / Math.LN10;
  return log10 > ZERO ? `${Number(log10.toFixed(7))}` : `${ZERO}`;
}

/** The reverse; undefined for what is no number. */
export function toNats(text: string): number | undefined {
  const log10 = Number(text);
  if (text === '' || Number.isNaN(log10)) return undefined;
  return log10 <= ZERO ? Number.NEGATIVE_INFINITY : log10 * Math.LN10;
}
