import { expect, it } from 'vitest';
import { textScore } from '../src/index.ts';

it('gives bits per character of a text that is known whole', () => {
  const known = textScore(Math.LN2, { tokens: 3, characters: 6, unknownShare: 0 });
  expect(known).toEqual({ loss: Math.LN2, perplexity: 2, unknownShare: 0, bitsPerCharacter: 0.5 });
});

it('gives none where anything is unknown', () => {
  const text = { tokens: 3, characters: 6, unknownShare: 1e-6 };
  expect(textScore(0.01, text)).toMatchObject({ loss: 0.01, unknownShare: 1e-6, bitsPerCharacter: null });
});
