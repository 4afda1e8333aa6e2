import { DataError, type Json, OptionError } from '@elman/core';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/bpe.json' with { type: 'json' };
import { bpeTokenizer, trainBpe } from '../src/index.ts';
import { randomTexts } from './random-text.ts';

type Described = {
  readonly tokenizer: Json;
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[]; readonly decoded: string }[];
};
type Trained = { readonly model: { readonly vocab: object; readonly merges: readonly [string, string][] } };

for (const kind of ['byteLevel', 'metaspace'] as const) {
  describe(`a ${kind} tokenizer.json`, () => {
    const { tokenizer: json, cases } = fixture[kind] as unknown as Described;
    const tokenizer = bpeTokenizer.fromJson(json);

    it('encodes as the library of Hugging Face', () => {
      for (const { text, ids } of cases) expect([...tokenizer.encode(text)], text).toEqual(ids);
    });

    it('decodes as the library of Hugging Face, streamed too', () => {
      for (const { ids, decoded } of cases) {
        expect(tokenizer.decode(ids)).toBe(decoded);
        const decoder = tokenizer.decoder();
        const parts = ids.map((id) => decoder.push(id));
        expect(parts.join('') + decoder.flush()).toBe(decoded);
        for (const part of parts) expect(part.includes('\uFFFD')).toBe(false);
      }
    });
  });
}

it('does not split special tokens', () => {
  const tokenizer = bpeTokenizer.fromJson(fixture.byteLevel.tokenizer as unknown as Json);
  expect(tokenizer.vocabSize).toBe(361);
  expect([...tokenizer.encode('<|end|>')]).toEqual([360]);
  expect(tokenizer.token(360)).toBe('<|end|>');
});

describe('training', () => {
  const trained = trainBpe(fixture.trainedOn, { vocabSize: 360 }) as unknown as Trained;

  it('learns the same merges as the trainer of Hugging Face', () => {
    expect(trained.model.merges).toEqual(fixture.trained.model.merges);
    expect(trained.model.vocab).toEqual(fixture.trained.model.vocab);
  });

  it('learns the same merges as counting from scratch before each merge', () => {
    const text = randomTexts('training', 60, 30).join(' ') + ' aaaa aaa aa abab ababab'.repeat(3);
    const { model } = trainBpe(text, { vocabSize: 340, minimumCount: 1 }) as unknown as Trained;
    expect(model.merges).toEqual(mergesByCounting(text, 340 - 256));
  });

  it('ends when no pair is frequent enough', () => {
    const { model } = trainBpe('ab ab cd', { vocabSize: 1000 }) as unknown as Trained;
    expect(model.merges).toEqual([['a', 'b']]);
    expect(bpeTokenizer.fromText('ab ab cd', { vocabSize: 1000 }).vocabSize).toBe(257);
  });

  it('refuses invalid options', () => {
    expect(() => trainBpe('', { vocabSize: 300 })).toThrow(DataError);
    expect(() => trainBpe('abc', { vocabSize: 255 })).toThrow(OptionError);
  });
});

/** Byte-pair encoding by its definition, without incremental counts. */
function mergesByCounting(text: string, count: number): [string, string][] {
  const alone = bpeTokenizer.fromText(text, { vocabSize: 256 });
  const ids = new Map(Array.from({ length: 256 }, (_, id) => [alone.token(id), id]));
  const pieces = text.match(/'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu) ?? [];
  const words = pieces.map((piece) => [...alone.encode(piece)].map(alone.token));
  const merges: [string, string][] = [];
  while (merges.length < count) {
    const counts = new Map<string, number>();
    for (const word of words) {
      for (let i = 1; i < word.length; i++) {
        const pair = `${word[i - 1]} ${word[i]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const order = ([left, right]: string[]) => (ids.get(left as string) ?? 0) * 1e6 + (ids.get(right as string) ?? 0);
    const [best] = [...counts].sort(([a, m], [b, n]) => n - m || order(a.split(' ')) - order(b.split(' ')));
    if (best === undefined) break;
    const [left, right] = best[0].split(' ') as [string, string];
    merges.push([left, right]);
    if (!ids.has(left + right)) ids.set(left + right, ids.size);
    for (const word of words) {
      for (let i = 0; i < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right);
      }
    }
  }
  return merges;
}
