import stringWidth from 'string-width';
import { oneLine } from '../one-line.ts';
import { heatColor, seriesColor } from '../palette.ts';

/** The role of a piece of text: a series by its index, background, title. */
export type Ink = number | 'dim' | 'bold' | 'plain';

/** The style of text: character set, and whether with colours. */
export type Style = {
  readonly ascii: boolean;
  /** Wraps text in terminal escape codes, or leaves it unchanged. */
  paint(text: string, ink: Ink): string;
  /** This many characters that show a fraction from 0 to 1, or a missing number. */
  shade(share: number | null, columns: number): string;
};

const SHADES = [...' ░▒▓█'];
const ASCII_SHADES = [...' .:-=+*#%@'];

/** Makes a style. */
export function styleOf({ ascii, color }: { readonly ascii: boolean; readonly color: boolean }): Style {
  const shades = ascii ? ASCII_SHADES : SHADES;
  return {
    ascii,
    paint(text, ink) {
      if (!color || text === '' || ink === 'plain') return text;
      if (ink === 'bold') return `\x1b[1m${text}\x1b[22m`;
      if (ink === 'dim') return `\x1b[2m${text}\x1b[22m`;
      return `\x1b[38;5;${seriesColor(ink)[1]}m${text}\x1b[39m`;
    },
    shade(share, columns) {
      if (share === null) return (ascii ? '?' : '·').padEnd(columns);
      if (color) return `\x1b[48;5;${heatColor(share)}m${' '.repeat(columns)}\x1b[49m`;
      return (shades[Math.min(shades.length - 1, Math.floor(share * shades.length))] as string).repeat(columns);
    },
  };
}

/** Marks that distinguish series without colours. */
const MARKERS = [...'●○▲△■□◆◇'];
const ASCII_MARKERS = [...'*o+x#@%&'];

/** The mark of a series. */
export function marker(index: number, { ascii }: Style): string {
  const markers = ascii ? ASCII_MARKERS : MARKERS;
  return markers[index % markers.length] as string;
}

/** Columns that a text takes in a terminal. */
export const widthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text));

/** Truncated to this many columns, with `…`. */
export function shortened(text: string, width: number, { ascii }: Pick<Style, 'ascii'>): string {
  if (widthOf(text) <= width) return text;
  const end = ascii ? '~' : '…';
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (widthOf(kept + segment + end) > width) break;
    kept += segment;
  }
  return kept.trimEnd() + end;
}

/** Padded with spaces to this many columns. */
export function padded(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? spaces + text : text + spaces;
}

/** A title: at most three lines of at most this many columns, broken at spaces. */
export function titleLines(text: string, width: number, style: Style): string[] {
  const lines: string[] = [];
  for (const word of oneLine(text).split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    const isOnNext = lines.length === 0 || (lines.length < 3 && widthOf(longer) > width);
    if (isOnNext) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => style.paint(shortened(line, width, style), 'bold'));
}
