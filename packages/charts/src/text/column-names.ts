import { padded, type Style, shortened, widthOf } from './style.ts';

/** How columns are drawn: `across` of them are one cell, which is so many characters wide; all of them in so much room. */
type Cells = { readonly across: number; readonly cell: number; readonly width: number };

/** Names that are written downwards have at most so many letters. */
const TALLEST = 12;

/** The names above columns: side by side if they fit, else downwards, else the first and the last. */
export function columnNames(names: readonly string[], { across, cell, width }: Cells, style: Style): string[] {
  const shown = Math.ceil(names.length / across);
  const widest = Math.max(...names.map(widthOf));
  if (across === 1 && (widest < cell || widest === 1)) return [names.map((name) => padded(name, cell)).join('')];
  const letters = names.map((name) => [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment));
  const isNarrow = letters.flat().every((letter) => widthOf(letter) <= cell);
  if (across === 1 && isNarrow) return downwards(letters, cell, style);
  const [first, last] = [names[0], names.at(-1)] as [string, string];
  const room = shown * cell;
  const dots = style.ascii ? ' ... ' : ' … ';
  const between = room - widthOf(first) - widthOf(last);
  if (between < dots.length || names.length === 1) return [shortened(`${first}${dots}${last}`, width, style)];
  return [`${first}${' '.repeat(between)}${last}`];
}

/** Letters below each other, so that each name ends at its column. */
function downwards(names: readonly (readonly string[])[], cell: number, { ascii }: Style): string[] {
  const cut = names.map((letters) =>
    letters.length > TALLEST ? [...letters.slice(0, TALLEST - 1), ascii ? '~' : '…'] : letters,
  );
  const height = Math.max(...cut.map((letters) => letters.length));
  return Array.from({ length: height }, (_, line) =>
    cut.map((letters) => padded(letters[line - height + letters.length] ?? '', cell)).join(''),
  );
}
