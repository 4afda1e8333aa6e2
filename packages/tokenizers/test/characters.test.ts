import { expect, it } from 'vitest';
import { characterTokenizer, tokenizerFromJSON } from '../src/index.ts';

it('reads a text and its own JSON', () => {
  const tokenizer = characterTokenizer.fromText('hello 😀\n');
  expect(tokenizer.vocabSize).toBe(8);
  expect([...tokenizer.encode('he😀z')]).toEqual([4, 3, 7, 0]);
  expect(tokenizer.decode([4, 3, 7, 0, 99, -1, Number.NaN])).toBe('he😀\uFFFD\uFFFD\uFFFD\uFFFD');
  const again = tokenizerFromJSON(JSON.parse(JSON.stringify(tokenizer)));
  expect(again.encode('hello 😀')).toEqual(tokenizer.encode('hello 😀'));
});
