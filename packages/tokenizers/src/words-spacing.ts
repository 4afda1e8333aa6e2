const PIECE = /[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:['’]\p{L}[\p{L}\p{M}]*)*|./gsu;
const SPACE = /^\s$/u;

const CLINGS_LEFT: ReadonlySet<string> = new Set([...',.;:!?)]}%’”»…、。，！？）」']);
const CLINGS_RIGHT: ReadonlySet<string> = new Set([...'([{“‘«¿¡（「']);
const CLINGS_BOTH: ReadonlySet<string> = new Set([...'-–/']);

/** Splits a text into words, numbers and other single characters, including whitespace, which concatenate to it. */
export function* pieces(text: string): Generator<string, void, undefined> {
  for (const [piece] of text.matchAll(PIECE)) yield piece;
}

/** Whether a piece is whitespace. */
export function isSpace(piece: string): boolean {
  return piece.length === 1 && SPACE.test(piece);
}

/** Whether there is a space between two tokens without a spacing token. */
export function spaceBetween(left: string, right: string): boolean {
  if (CLINGS_LEFT.has(right) || CLINGS_RIGHT.has(left)) return false;
  return !CLINGS_BOTH.has(left) && !CLINGS_BOTH.has(right);
}
