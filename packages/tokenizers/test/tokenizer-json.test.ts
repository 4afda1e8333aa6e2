import type { Json } from '@elman/core';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/tokenizer-json.json' with { type: 'json' };
import { bpeTokenizer } from '../src/index.ts';

type Model = { readonly vocab: { readonly [token: string]: number }; readonly merges: readonly [string, string][] };
type Changes = {
  readonly vocab_without?: readonly string[];
  readonly merges_until?: number;
  readonly written_merges?: boolean;
  readonly without_type?: boolean;
};
type Entry = {
  readonly base: string;
  readonly model: Changes;
  readonly sections: { readonly [section: string]: Json };
  readonly texts: readonly number[];
  readonly ids: readonly (readonly number[])[];
  readonly decoded?: readonly (readonly [ids: readonly number[], text: string])[];
};

const { bases, texts, files } = fixture as unknown as {
  readonly bases: { readonly [name: string]: Model };
  readonly texts: readonly string[];
  readonly files: readonly Entry[];
};

describe('a tokenizer.json', () => {
  for (const [i, entry] of files.entries()) {
    const { base, model, sections, texts: chosen, ids, decoded } = entry;
    it(`${i}: ${base} ${JSON.stringify({ ...model, ...sections })}`, () => {
      const tokenizer = bpeTokenizer.fromJson(whole(entry));
      for (const [n, text] of chosen.entries()) {
        const encoded = [...tokenizer.encode(texts[text] as string)];
        expect(encoded, JSON.stringify(texts[text])).toEqual(ids[n]);
      }
      for (const [given, text] of decoded ?? []) {
        expect(tokenizer.decode(given), String(given.map(tokenizer.token))).toBe(text);
        const decoder = tokenizer.decoder();
        expect(given.map((id) => decoder.push(id)).join('') + decoder.flush()).toBe(text);
      }
    });
  }
});

/** The tokenizer.json of an entry, assembled as in `fixtures/tokenizer-json.py`. */
function whole({ base, model: changes, sections }: Entry): Json {
  const given = bases[base] as Model;
  const { vocab_without: without = [], merges_until: until, written_merges: isWritten, without_type: isOld } = changes;
  const vocab = new Map(Object.entries(given.vocab));
  let { merges } = given;
  for (const token of without) {
    const [last] = [...vocab].reduce((a, b) => (a[1] > b[1] ? a : b));
    const id = vocab.get(token) as number;
    vocab.delete(token);
    merges = merges.filter((pair) => pair.join('') !== last);
    vocab.set(last, id);
  }
  merges = merges.slice(0, until);
  const written = merges.filter((pair) => !pair.some((part) => part.includes(' '))).map((pair) => pair.join(' '));
  const others = Object.entries(changes).filter(
    ([key]) => !['vocab_without', 'merges_until', 'written_merges', 'without_type'].includes(key),
  );
  const whole: { [key: string]: unknown } = {
    ...given,
    vocab: Object.fromEntries(vocab),
    merges: isWritten ? written : merges,
    ...Object.fromEntries(others),
  };
  if (isOld) delete whole.type;
  return { version: '1.0', ...sections, model: whole } as Json;
}
