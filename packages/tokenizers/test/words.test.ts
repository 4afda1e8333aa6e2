import { DataError, OptionError } from '@elman/core';
import { expect, it } from 'vitest';
import { type Tokenizer, wordTokenizer } from '../src/index.ts';

const tokens = (tokenizer: Tokenizer, text: string) => [...tokenizer.encode(text)].map(tokenizer.token);
const back = (tokenizer: Tokenizer, text: string) => tokenizer.decode(tokenizer.encode(text));

const prose = 'The cat sat; the dog (a big one) didn’t.\nWell-kept, it cost 12.\n';

it('costs one token per word or punctuation mark in prose', () => {
  const tokenizer = wordTokenizer.fromText(prose);
  expect(tokens(tokenizer, prose).join('|')).toBe(
    'The|cat|sat|;|the|dog|(|a|big|one|)|didn’t|.|\n|Well|-|kept|,|it|cost|12|.|\n',
  );
  expect(back(tokenizer, prose)).toBe(prose);
});

it('encodes unusual spacing with tokens', () => {
  const code = 'if (x){ f(a , b) }\n\t\treturn  a - b;';
  const tokenizer = wordTokenizer.fromText(code);
  expect(tokens(tokenizer, 'f(a , b)').join('|')).toBe('f|<join>|(|a| |,|b|)');
  expect(back(tokenizer, code)).toBe(code);
});

it('decodes words alone to readable text', () => {
  const tokenizer = wordTokenizer.fromText(prose);
  const ids = ['The', 'dog', ',', 'the', 'big', 'one', '.', '\n', 'it', '(', 'a', ')', 'sat'].map(
    (word) => tokenizer.encode(word)[0] as number,
  );
  expect(tokenizer.decode(ids)).toBe('The dog, the big one.\nit (a) sat');
});

it('encodes unknown words as <unk>', () => {
  const tokenizer = wordTokenizer.fromText('a b a b a c', { minimumCount: 2 });
  expect(back(tokenizer, 'a c, b')).toBe('a <unk><unk> b');
  expect(back(tokenizer, 'a\tb')).toBe('a b');
  expect([...tokenizer.encode('zebra')]).toEqual([0]);
});

it('orders by frequency, then alphabetically, and truncates', () => {
  const options = { maximumVocabulary: 7 };
  const vocabulary = wordTokenizer.fromText('d c c b b b a a', options).toJSON();
  expect(vocabulary).toEqual({ type: 'words', lowercase: false, words: ['b', 'a', 'c'] });
  expect(wordTokenizer.fromText('d c c b b b a a', options).vocabSize).toBe(7);
});

it('lower-cases with that option', () => {
  const tokenizer = wordTokenizer.fromText('The the THE', { lowercase: true });
  expect(tokenizer.vocabSize).toBe(5);
  expect(back(tokenizer, 'THE The')).toBe('the the');
});

it('refuses invalid arguments in one line', () => {
  expect(() => wordTokenizer.fromText(' \n ')).toThrow(DataError);
  expect(() => wordTokenizer.fromText('a b', { minimumCount: 2 })).toThrow(DataError);
  expect(() => wordTokenizer.fromText('a b', { maximumVocabulary: 4 })).toThrow(OptionError);
  expect(() => wordTokenizer.fromText('a b', { maximumVocabulary: Number.NaN })).toThrow(OptionError);
});
