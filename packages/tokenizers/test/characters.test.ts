import { DataError, OptionError } from '@elman/core';
import { expect, it } from 'vitest';
import { characterTokenizer, tokenizerFromJSON } from '../src/index.ts';

it('has one id per code point, in code point order, after <unk>', () => {
  const tokenizer = characterTokenizer.fromText('hello 😀\n');
  expect(tokenizer.vocabSize).toBe(8);
  expect(Array.from({ length: 8 }, (_, id) => tokenizer.token(id)).join('')).toBe('<unk>\n ehlo😀');
  expect([...tokenizer.encode('he😀z')]).toEqual([4, 3, 7, 0]);
});

it('encodes unknown characters as <unk> and decodes it to �', () => {
  const tokenizer = characterTokenizer.fromText('ab');
  expect([...tokenizer.encode('azb😀')]).toEqual([1, 0, 2, 0]);
  expect(tokenizer.decode([1, 0, 2, 99])).toBe('a\uFFFDb\uFFFD');
});

it('leaves out rare entries', () => {
  const tokenizer = characterTokenizer.fromText('aabbbc', { minimumCount: 2 });
  expect(tokenizer.toJSON()).toEqual({ type: 'characters', characters: ['a', 'b'] });
  expect([...tokenizer.encode('abc')]).toEqual([1, 2, 0]);
});

it('keeps lone surrogates, in JSON too', () => {
  const text = '\uD83D \uDE00 😀 \uDE00\uD83D';
  const tokenizer = tokenizerFromJSON(JSON.parse(JSON.stringify(characterTokenizer.fromText(text))));
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
});

it('refuses invalid arguments in one line', () => {
  expect(() => characterTokenizer.fromText('')).toThrow(DataError);
  expect(() => characterTokenizer.fromText('abc', { minimumCount: 2 })).toThrow(
    'tokenizers: characters: no character occurs 2 times; use a smaller minimumCount or a longer text.',
  );
  expect(() => characterTokenizer.fromText('abc', { minimumCount: 0 })).toThrow(OptionError);
});
