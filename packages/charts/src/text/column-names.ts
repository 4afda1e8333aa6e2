import { padded, type Style, shortened, widthOf } from './style.ts';

/** Layout of columns: `across` of them are one cell; the width of a cell and of all, in characters. */
type Cells = { readonly across: number; readonly cell: number; readonly width: number };

/** Maximum length of vertical names. */
const TALLEST = 12;

/** The names above columns: horizontal if they fit, else vertical, else the first and the last. */
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

/** Vertical names, so that each ends at its column. */
function downwards(names: readonly (readonly string[])[], cell: number, { ascii }: Style): string[] {
  const cut = names.map((letters) =>
    letters.length > TALLEST ? [...letters.slice(0, TALLEST - 1), ascii ? '~' : '…'] : letters,
  );
  const height = Math.max(...cut.map((letters) => letters.length));
  return Array.from({ length: height }, (_, line) =>
    cut.map((letters) => padded(letters[line - height + letters.length] ?? '', cell)).join(''),
  );
}
