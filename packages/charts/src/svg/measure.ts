import stringWidth from 'string-width';

/**
 * The approximate width of a text in system sans-serif fonts, in pixels, slightly overestimated. An estimate from a table and
 * not a measurement, so that a chart is the same on machines with other fonts, and in environments without fonts.
 */
export function textWidth(text: string, size: number, isBold = false): number {
  let ems = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) ems += widthOf(segment);
  return ems * size * (isBold ? 1.08 : 1);
}

function widthOf(letter: string): number {
  if (/^[ijl.,:;'|!()[\]{}/ tfr]/.test(letter)) return 0.36;
  if (/^[mwMW@%—]/.test(letter)) return 0.92;
  if (/^[A-Z]/.test(letter)) return 0.7;
  return stringWidth(letter) === 2 ? 1.1 : 0.6;
}

/** Truncated to this width, with `…`. */
export function shortened(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (textWidth(`${kept}${segment}…`, size) > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** At most this many lines of at most this width, broken at spaces. */
export function wrapped(text: string, width: number, size: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    const isOnNext = lines.length === 0 || (lines.length < most && textWidth(longer, size) > width);
    if (isOnNext) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => shortened(line, width, size));
}
