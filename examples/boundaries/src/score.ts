/** How well boundaries and places of a text agree. */
export interface Score {
  /** The part of the characters that have a boundary: the recall of as many boundaries placed at random. */
  readonly boundaryRate: number;
  /** The part of the characters that are such places: the precision of boundaries placed at random. */
  readonly placeRate: number;
  /** The part of the boundaries that are at such places; NaN if there is no boundary. */
  readonly precision: number;
  /** The part of the places that have a boundary; NaN if there is no place. */
  readonly recall: number;
}

/** The places in a text that a boundary may mark. */
export const places = {
  'spaces and line ends': (text: readonly string[], at: number): boolean => isSpace(text[at]),
  'line ends': (text: readonly string[], at: number): boolean => text[at] === '\n',
  'last letters of words': (text: readonly string[], at: number): boolean =>
    !isSpace(text[at]) && isSpace(text[at + 1]),
} as const;

const isSpace = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);

/** The agreement of boundaries, 1 or 0 for each character, with places. */
export function score(
  boundaries: ArrayLike<number>,
  text: readonly string[],
  isPlace: (text: readonly string[], at: number) => boolean,
): Score {
  let [marked, wanted, both] = [0, 0, 0];
  for (let at = 0; at < boundaries.length; at++) {
    const [isMarked, isWanted] = [boundaries[at] === 1, isPlace(text, at)];
    if (isMarked) marked++;
    if (isWanted) wanted++;
    if (isMarked && isWanted) both++;
  }
  const all = boundaries.length;
  return {
    boundaryRate: marked / all,
    placeRate: wanted / all,
    precision: both / marked,
    recall: both / wanted,
  };
}

/** A text with a bar after each boundary, line ends as arrows. */
export function marked(text: readonly string[], boundaries: ArrayLike<number>): string {
  return text.map((character, at) => (character === '\n' ? '⏎' : character) + (boundaries[at] ? '|' : '')).join('');
}
