import { expect, it } from 'vitest';
import { bitsPerCharacter, perplexity } from '../src/index.ts';

it('bits per character', () => {
  expect(bitsPerCharacter(Math.LN2)).toBeCloseTo(1, 12);
  // 10 tokens of 3 bits each for 15 characters
  expect(bitsPerCharacter(3 * Math.LN2, 10, 15)).toBeCloseTo(2, 12);
});

it('perplexity of a uniform guess is the size of the vocabulary', () => {
  expect(perplexity(Math.log(65))).toBeCloseTo(65, 9);
});
