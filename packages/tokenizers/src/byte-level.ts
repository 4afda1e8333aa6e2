import { classOf, property, SPACE } from './tokenizer-json/unicode.ts';

/**
 * The characters for bytes in byte-level BPE vocabularies (GPT-2): printable Latin-1 bytes are themselves, the other
 * bytes are code points from 256 on, so that no piece has whitespace or control characters.
 */
export const LETTERS: readonly string[] = (() => {
  let next = 256;
  const isPrintable = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const BYTES: ReadonlyMap<string, number> = new Map(LETTERS.map((letter, byte) => [letter, byte]));

const LETTER = classOf(property('L') as string);
const NUMBER = classOf(property('N') as string);
const WHITESPACE = classOf(SPACE);

/** GPT-2's pre-tokenization into pieces that no merge crosses: contractions, words, numbers and signs with the space before them. */
const PIECE = new RegExp(
  [
    "'s|'t|'re|'ve|'m|'ll|'d",
    ` ?${LETTER}+`,
    ` ?${NUMBER}+`,
    ` ?[^${WHITESPACE}${LETTER}${NUMBER}]+`,
    `${WHITESPACE}+(?![^${WHITESPACE}])`,
    `${WHITESPACE}+`,
  ].join('|'),
  'gv',
);

/** The pieces of a text, which concatenate to it. */
export function pieces(text: string): string[] {
  return text.match(PIECE) ?? [];
}

const ENCODER = new TextEncoder();

/** A text as its bytes, in the characters for bytes. */
export function lettersOf(text: string): string {
  let letters = '';
  for (const byte of ENCODER.encode(text)) letters += LETTERS[byte];
  return letters;
}

/** The bytes of a token in the characters for bytes; undefined if it has another character. */
export function bytesOf(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTES.get(token[i] as string);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
