import { NEWER, NOT_MARKS, NOT_NORMALIZED, NOT_PUNCTUATION } from './unicode-tables.ts';

/** Classes of characters as in Python's `tokenizers`: the contents of a class in brackets (flag v). */

const newer = members(NEWER);
const old = (members: string): string => `[${members}]--[${newer}]`;

/** `\s`, and Rust's `is_whitespace`. U+0085 is whitespace and U+FEFF is not, unlike in JavaScript. */
export const SPACE = '\\p{White_Space}';

/** `\w` of Oniguruma, in patterns of the file. It includes ², ³, ¹, ¼, ½ and ¾. */
export const WORD: string = old('\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}');

/** `\w` of Rust, in the pre-tokenizer Whitespace and around added tokens. It includes the joiners U+200C and U+200D. */
export const RUST_WORD: string = old('\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}');

/** Rust's `is_numeric`, of the newest Unicode. */
export const NUMBER = '\\p{N}';

/** Punctuation of an older Unicode, and all symbols of ASCII. */
export const PUNCTUATION: string = `[!-\\/:-@\\[-\`\\{-~\\p{P}\\u{166d}\\u{111c9}]--[${members(NOT_PUNCTUATION)}]`;

/** Combining marks of an older Unicode. */
export const MARK: string = `[\\p{M}\\u{1cf2}\\u{1cf3}]--[${members(NOT_MARKS)}]`;

const CATEGORIES =
  'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn'.split(' ');

/** A general category or the script Han, as in Oniguruma's `\p`; undefined for other names. */
export function property(name: string): string | undefined {
  if (name === 'Han') return old('\\p{Script=Han}');
  if (!CATEGORIES.includes(name)) return undefined;
  if (name === 'C' || name === 'Cn') return `\\p{${name}}${newer}`;
  // U+0295 was a small letter until Unicode 16.
  if (name === 'Ll') return old('\\p{Ll}\\u{295}');
  return name === 'Lo' ? `[\\p{Lo}]--[${newer}\\u{295}]` : old(`\\p{${name}}`);
}

/** A class of the given members, to be nested in another or used alone. */
export const classOf = (members: string): string => `[${members}]`;

/** A class of all other characters. */
export const complementOf = (members: string): string => `[^${classOf(members)}]`;

/** A character as an escape, literal anywhere in a regular expression. */
export const coded = (character: string): string => `\\u{${(character.codePointAt(0) as number).toString(16)}}`;

/** The Unicode normal form of a text, by the tables of Python's `tokenizers`. */
export function normalForm(form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): (text: string) => string {
  // A character without a decomposition that never composes and is no mark separates the text before it from that after it.
  return (text) => {
    if (!LEFT_AS_IT_IS.test(text)) return text.normalize(form);
    const parts = text.split(LEFT_AS_IT_IS);
    return parts.map((part, i) => (i % 2 === 0 ? part.normalize(form) : part)).join('');
  };
}

const LEFT_AS_IT_IS = new RegExp(`([${members(NOT_NORMALIZED)}]+)`, 'v');

/** Hexadecimal code points and ranges as members of a class. */
export function members(table: string): string {
  return table
    .trim()
    .split(/\s+/)
    .map((range) => range.replace(/[0-9a-f]+/g, (code) => `\\u{${code}}`))
    .join('');
}
