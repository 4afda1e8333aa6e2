import { type Ink, type Style, shortened, widthOf } from './style.ts';

/** A legend entry: colour and mark. */
export type Entry = { readonly mark: string; readonly name: string; readonly ink: Ink };

/** Columns of an entry. */
export const entryWidth = ({ mark, name }: Entry): number => widthOf(mark) + 1 + widthOf(name);

/** `● lstm` in its colour, in at most this many columns. */
export function entryText({ mark, name, ink }: Entry, width: number, style: Style): string {
  return `${style.paint(mark, ink)} ${shortened(name, width - widthOf(mark) - 1, style)}`;
}

/** Entries in rows, in as many lines as needed. */
export function keyLines(entries: readonly Entry[], width: number, style: Style): string[] {
  const widest = Math.min(width, Math.max(...entries.map(entryWidth)));
  const perLine = Math.max(1, Math.floor((width + 3) / (widest + 3)));
  const lines: string[] = [];
  for (let start = 0; start < entries.length; start += perLine) {
    const texts = entries.slice(start, start + perLine).map((entry) => {
      const room = ' '.repeat(Math.max(0, widest - entryWidth(entry)));
      return entryText(entry, widest, style) + room;
    });
    lines.push(texts.join('   '));
  }
  return lines;
}
