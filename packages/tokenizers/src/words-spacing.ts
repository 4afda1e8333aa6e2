const PIECE = /[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:['’]\p{L}[\p{L}\p{M}]*)*|./gsu;
const SPACE = /^\s$/u;

const CLINGS_LEFT: ReadonlySet<string> = new Set([...',.;:!?)]}%’”»…、。，！？）」']);
const CLINGS_RIGHT: ReadonlySet<string> = new Set([...'([{“‘«¿¡（「']);
const CLINGS_BOTH: ReadonlySet<string> = new Set([...'-–/']);

/** A text cut into words, numbers and single other characters, whitespace among them. Joined, they are the text. */
export function* pieces(text: string): Generator<string, void, undefined> {
  for (const [piece] of text.matchAll(PIECE)) yield piece;
}

/** Whether a piece is whitespace. */
export function isSpace(piece: string): boolean {
  return piece.length === 1 && SPACE.test(piece);
}

/** Whether a space stands between two tokens unless the text says otherwise. */
export function spaceBetween(left: string, right: string): boolean {
  if (CLINGS_LEFT.has(right) || CLINGS_RIGHT.has(left)) return false;
  return !CLINGS_BOTH.has(left) && !CLINGS_BOTH.has(right);
}
