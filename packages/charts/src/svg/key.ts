import { EDGE, LABEL, type Size, shape, textAt, type Words } from './frame.ts';
import { shortened, textWidth } from './measure.ts';

/** A name and its colour. */
export type Entry = { readonly name: string; readonly color: string };

/** An entry with its position. */
type Placed = Entry & { readonly at: number; readonly row: number };

const LINE = 20;
const SQUARE = 11;
const BEFORE_NAME = SQUARE + 7;
const BETWEEN = 14;

/** At most a quarter of the height of the picture; further entries are counted. */
const PART = 1 / 4;

/** The legend, at this distance from the upper edge of the picture. */
export function colorKey(entries: readonly Entry[], below: number, size: Size): Words {
  const placed = placedIn(entries, size.width - 2 * EDGE);
  const most = Math.max(1, Math.floor((size.height * PART) / LINE));
  const shown = placed.filter(({ row }) => row < most);
  const hidden = placed.length - shown.length;
  const rows = entries.length === 0 ? 0 : (shown.at(-1)?.row ?? 0) + 1;
  const layers: Words['layers'] = ({ left, top }) => {
    const place = (at: number, row: number) => [EDGE - left + at, below - top + row * LINE + LINE / 2] as const;
    const more = hidden === 0 ? [] : [textAt(`and ${hidden} more`, ...place(0, most))];
    return shown
      .flatMap(({ name, color, at, row }) => {
        const [x, y] = place(at, row);
        const square = {
          type: 'rect',
          x,
          x2: x + SQUARE,
          y: y - SQUARE / 2,
          y2: y + SQUARE / 2,
          cornerRadius: 2,
          color,
        };
        return [shape(square), textAt(name, x + BEFORE_NAME, y + 0.5)];
      })
      .concat(more);
  };
  return { height: (rows + (hidden > 0 ? 1 : 0)) * LINE + (rows > 0 ? 6 : 0), layers };
}

/** Entries in rows of at most this width. */
function placedIn(entries: readonly Entry[], width: number): Placed[] {
  let [row, end] = [0, 0];
  return entries.map(({ name, color }) => {
    const fitting = shortened(name, width - BEFORE_NAME, LABEL.fontSize);
    const needed = BEFORE_NAME + textWidth(fitting, LABEL.fontSize);
    if (end > 0 && end + needed > width) [row, end] = [row + 1, 0];
    const at = end;
    end += needed + BETWEEN;
    return { name: fitting, color, at, row };
  });
}
