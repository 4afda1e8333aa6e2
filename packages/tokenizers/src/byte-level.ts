/**
 * The letters that stand for bytes in byte-level BPE vocabularies (GPT-2): printable Latin-1 stands for itself, the other
 * bytes for the code points from 256 on, so that no piece holds whitespace or control characters.
 */
export const LETTERS: readonly string[] = (() => {
  let next = 256;
  const isPrintable = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const BYTES: ReadonlyMap<string, number> = new Map(LETTERS.map((letter, byte) => [letter, byte]));

/** GPT-2's cut into pieces that no merge crosses: contractions, words, numbers and signs with the space before them. */
const PIECE = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** The pieces of a text. Joined, they are the text. */
export function* pieces(text: string): Generator<string, void, undefined> {
  for (const [piece] of text.matchAll(PIECE)) yield piece;
}

/** The bytes of a token written in letters, or none if something else stands in it. */
export function bytesOf(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTES.get(token[i] as string);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
