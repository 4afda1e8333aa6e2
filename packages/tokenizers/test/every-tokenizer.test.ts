import { DataError, type Json, Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import {
  bpeTokenizer,
  byteTokenizer,
  characterTokenizer,
  tokenizerFromJSON,
  withBoundary,
  wordLevelTokenizer,
  wordTokenizer,
} from '../src/index.ts';
import { randomIds, randomTexts } from './random-text.ts';

const texts = randomTexts('every tokenizer');
const all = texts.join('');
const asIs = (text: string) => text;
/** Lone surrogates, which UTF-8 cannot encode. */
const LONE = /\p{Cs}/gu;
/** Words separated by single spaces. */
const spaced = (text: string) => text.split(/\s+/).filter(Boolean).join(' ');
const wellFormed = (text: string) => text.replace(LONE, '\uFFFD');

const tokenizers = [
  { tokenizer: characterTokenizer.fromText(all), comesBack: asIs },
  { tokenizer: byteTokenizer(), comesBack: wellFormed },
  // All texts separately, not concatenated: pieces across the seams would differ.
  { tokenizer: wordTokenizer.fromText(texts.join('\n')), comesBack: asIs },
  { tokenizer: wordLevelTokenizer.fromTexts(texts), comesBack: spaced },
  { tokenizer: bpeTokenizer.fromText(all, { vocabSize: 300 }), comesBack: wellFormed },
  { tokenizer: withBoundary(characterTokenizer.fromText(all)), comesBack: asIs },
];

for (const { tokenizer, comesBack } of tokenizers) {
  describe(tokenizer.name, () => {
    it('decodes its own encoding', () => {
      for (const text of texts) expect(tokenizer.decode(tokenizer.encode(text))).toBe(comesBack(text));
    });

    it('returns ids of its vocabulary', () => {
      for (const text of [...texts, ...randomTexts('others'), '']) {
        const ids = tokenizer.encode(text);
        expect(ids).toBeInstanceOf(Int32Array);
        expect(ids.every((id) => id >= 0 && id < tokenizer.vocabSize)).toBe(true);
      }
    });

    it('reports unknown pieces', () => {
      const { unknownId } = tokenizer;
      for (const text of texts) expect(tokenizer.unknowns(text)).toEqual([]);
      for (const text of randomTexts('others')) {
        const isLossless = tokenizer.decode(tokenizer.encode(text)) === comesBack(text);
        expect(tokenizer.unknowns(text).length === 0).toBe(isLossless);
      }
      if (unknownId !== undefined) expect([...tokenizer.encode('\u{1D306}')]).toEqual([unknownId]);
      expect(tokenizer.unknowns('\u{1D306} \u{1D306}')).toEqual(
        unknownId === undefined ? [] : ['\u{1D306}', '\u{1D306}'],
      );
    });

    it('decodes any number, to � if it is not an id', () => {
      const rng = Rng.seeded('ids');
      for (let i = 0; i < 200; i++) {
        const ids = randomIds(rng, tokenizer.vocabSize, 12);
        expect(typeof tokenizer.decode(ids)).toBe('string');
      }
      expect(tokenizer.decode([-1])).toBe('\uFFFD');
      expect(tokenizer.decode([tokenizer.vocabSize])).toBe('\uFFFD');
      expect(tokenizer.decode([Number.NaN, 0.5])).toMatch(/^\uFFFD ?\uFFFD$/);
    });

    it('streams the same text as it decodes, never part of a character', () => {
      const rng = Rng.seeded('stream');
      const decoder = tokenizer.decoder();
      const samples = texts.map((text) => [...tokenizer.encode(text)]);
      for (let i = 0; i < 50; i++) samples.push(randomIds(rng, tokenizer.vocabSize, 12));
      for (const ids of samples) {
        const parts = [...ids.map((id) => decoder.push(id)), decoder.flush()];
        expect(parts.join('')).toBe(tokenizer.decode(ids));
        if (comesBack === wellFormed) for (const part of parts) expect(part).not.toMatch(/\p{Cs}/u);
      }
    });

    it('is restored from its JSON', () => {
      const bytes = new TextEncoder().encode(JSON.stringify(tokenizer));
      const again = tokenizerFromJSON(JSON.parse(new TextDecoder().decode(bytes)));
      expect(again.vocabSize).toBe(tokenizer.vocabSize);
      expect(again.name).toBe(tokenizer.name);
      for (const text of texts.slice(0, 50)) expect(again.encode(text)).toEqual(tokenizer.encode(text));
      for (let id = -1; id <= tokenizer.vocabSize; id++) expect(again.token(id)).toBe(tokenizer.token(id));
    });

    it('encodes a long text without overflowing the stack', () => {
      const text = 'a text, and more of it\n'.repeat(20_000);
      expect(tokenizer.decode(tokenizer.encode(text)).length).toBeGreaterThan(20_000);
      expect(tokenizer.encode(`${' '.repeat(50_000)}!`).length).toBeGreaterThan(0);
    });
  });
}

it('refuses invalid JSON', () => {
  for (const json of [null, 3, {}, { type: 'toString' }, { type: 'letters' }] as Json[]) {
    expect(() => tokenizerFromJSON(json)).toThrow(DataError);
  }
  expect(() => tokenizerFromJSON({ type: 'letters' })).toThrow(
    'tokenizers: type: expected one of characters, bytes, words, word-level, bpe, boundary, got "letters".',
  );
  for (const json of [
    { type: 'characters' },
    { type: 'characters', characters: ['ab'] },
    { type: 'characters', characters: ['a', 'a'] },
    { type: 'characters', characters: [1] },
    { type: 'words', lowercase: false, words: ['<unk>'] },
    { type: 'words', lowercase: false },
    { type: 'word-level', lowercase: false, words: ['<unk>'] },
    { type: 'word-level', lowercase: false },
    { type: 'bpe' },
    { type: 'bpe', tokenizer: {} },
    { type: 'bpe', tokenizer: { model: { type: 'WordPiece', vocab: {} } } },
  ] as Json[]) {
    expect(() => tokenizerFromJSON(json), JSON.stringify(json)).toThrow(DataError);
  }
});
