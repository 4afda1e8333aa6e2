import { wordsOf } from './text.ts';

/** How BLEU splits a text into tokens, by sacrebleu's names. */
export type Tokenization = '13a' | 'intl' | 'char' | 'none';

/**
 * The tokens of a text.
 *
 * - `13a`: of mteval-v13a, WMT's: punctuation is split off, except periods and commas within numbers.
 * - `intl`: of mteval-v14: the same for the punctuation and symbols of all scripts.
 * - `char`: code points.
 * - `none`: words separated by white space.
 */
export const tokenizers: Readonly<Record<Tokenization, (text: string) => string[]>> = {
  '13a': (text) => {
    let line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
    if (line.includes('&')) {
      line = line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    }
    return wordsOf(
      ` ${line} `
        // ASCII punctuation but for ' , - .
        .replace(/[{-~[-` -&(-+:-@/]/gu, ' $& ')
        .replace(/([^0-9])([.,])/gu, '$1 $2 ')
        .replace(/([.,])([^0-9])/gu, ' $1 $2')
        .replace(/([0-9])(-)/gu, '$1 $2 '),
    );
  },
  intl: (text) =>
    wordsOf(
      text
        .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
        .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
        .replace(/\p{S}/gu, ' $& '),
    ),
  char: (text) => [...text].flatMap((character) => wordsOf(character)),
  none: wordsOf,
};
