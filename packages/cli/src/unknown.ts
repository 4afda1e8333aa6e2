import type { Tokenizer } from '@elman/tokenizers';

/** The pieces of a text that a tokenizer does not know, each of them once, in their order. */
export function unknownPieces(tokenizer: Tokenizer, text: string): string[] {
  return [...new Set(tokenizer.unknowns(text))];
}

/** The share of the pieces of texts (tokens, and pieces that have none) that are unknown, 0 to 1; `encoded` are the ids of each text. */
export function unknownShare(
  tokenizer: Tokenizer,
  texts: readonly string[],
  encoded: readonly Int32Array[] = texts.map((text) => tokenizer.encode(text)),
): number {
  let [unknown, known] = [0, 0];
  for (const text of texts) unknown += tokenizer.unknowns(text).length;
  for (const ids of encoded) for (const id of ids) if (id !== tokenizer.unknownId) known++;
  return unknown === 0 ? 0 : unknown / (unknown + known);
}

/** One line that says what the model does not know of a text: `elman: prompt: the model does not know "ä", "ö" and 3 more.` */
export function noteOnUnknown(where: string, pieces: readonly string[]): string {
  return `elman: ${where}: the model does not know ${listed(pieces)}.`;
}

/** The first of them: `"ä", "ö" and 3 more`. */
export function listed(pieces: readonly string[]): string {
  const names = pieces.slice(0, NAMED).map((piece) => JSON.stringify(piece));
  const rest = pieces.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const NAMED = 8;

/** What a decoder must not write, so that no `<unk>` is among it; undefined if it may, or there is none. */
export function bannedUnknown({ unknownId }: Tokenizer, allowed = false): number[][] | undefined {
  return allowed || unknownId === undefined ? undefined : [[unknownId]];
}

/** `12.3 %`: a share above 0, never as none. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toPrecision(share < 0.1 ? 2 : 3))} %`;
}
