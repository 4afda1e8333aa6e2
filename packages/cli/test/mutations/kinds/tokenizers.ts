import { readFileSync } from 'node:fs';
import { DataError, type Json } from '@elman/core';
import {
  bpeTokenizer,
  byteTokenizer,
  characterTokenizer,
  tokenizerFromJSON,
  trainBpe,
  withBoundary,
  wordLevelTokenizer,
  wordTokenizer,
} from '@elman/tokenizers';
import { type Kind, Unusable } from '../check.ts';
import { plainJson } from './sealed.ts';

const TEXT = 'The cell keeps what it has seen, and forgets: 12 of 1990. Größe 😀\n';
const PROBE = `${TEXT}\ud800 never seen Ψ\t<|end|>`;

const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function parsed(bytes: Uint8Array): Json {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    throw new DataError('not JSON');
  }
}

/** Encodes, decodes, and writes a tokenizer. */
function used(json: Json): void {
  const tokenizer = tokenizerFromJSON(json);
  const { vocabSize } = tokenizer;
  if (!Number.isSafeInteger(vocabSize) || vocabSize < 1 || vocabSize > 1e6)
    throw new Unusable(`vocabSize ${vocabSize}`);
  const ids = tokenizer.encode(PROBE);
  if (ids.some((id) => id < 0 || id >= vocabSize)) throw new Unusable(`an id beyond ${vocabSize}`);
  const decoded = tokenizer.decode(ids);
  if (typeof decoded !== 'string') throw new Unusable('decoded is no text');
  for (const id of [0, vocabSize - 1])
    if (typeof tokenizer.token(id) !== 'string') throw new Unusable('token is no text');
  if (tokenizer.unknowns(PROBE).some((piece) => typeof piece !== 'string')) throw new Unusable('unknowns');
  const again = tokenizerFromJSON(JSON.parse(JSON.stringify(tokenizer.toJSON())));
  if (again.vocabSize !== vocabSize || again.decode(again.encode(PROBE)) !== decoded) throw new Unusable('toJSON');
}

type Fixture = {
  readonly bases: { readonly [name: string]: object };
  readonly files: readonly { readonly base: string; readonly model: object; readonly sections: object }[];
};
const fixture = JSON.parse(
  readFileSync(new URL('../../../../tokenizers/fixtures/tokenizer-json.json', import.meta.url), 'utf8'),
) as Fixture;

/** Small files with all parts that a tokenizer.json has. */
const huggingFace = fixture.files
  .filter(({ model }) => Object.keys(model).every((name) => !/^(vocab|merges|written|without)/.test(name)))
  .map(({ base, model, sections }) => ({ model: { ...small(fixture.bases[base] as object), ...model }, ...sections }))
  .filter((json) => isTokenizer(json as unknown as Json));

/** A model without merges, and with few of its tokens: mutations shall not all be of these. */
function small(model: object): object {
  const { vocab, ...rest } = model as { readonly vocab: object };
  return {
    ...rest,
    vocab: Object.fromEntries(
      Object.keys(vocab)
        .slice(0, 40)
        .map((token, id) => [token, id]),
    ),
    merges: [],
  };
}

function isTokenizer(json: Json): boolean {
  try {
    used({ type: 'bpe', tokenizer: json });
    return true;
  } catch {
    return false;
  }
}

export const tokenizers: readonly Kind[] = [
  {
    name: 'tokenizer',
    examples: [
      characterTokenizer.fromText(TEXT),
      byteTokenizer(),
      wordTokenizer.fromText(TEXT),
      wordLevelTokenizer.fromTexts([TEXT]),
      withBoundary(characterTokenizer.fromText('abc')),
      bpeTokenizer.fromText(TEXT.repeat(3), { vocabSize: 270 }),
    ].map((tokenizer) => encoded(tokenizer.toJSON())),
    read: (bytes) => used(parsed(bytes)),
    json: plainJson,
  },
  {
    name: 'tokenizer.json',
    examples: [trainBpe(TEXT.repeat(3), { vocabSize: 260 }), ...huggingFace].map(encoded),
    read: (bytes) => used({ type: 'bpe', tokenizer: parsed(bytes) }),
    json: plainJson,
  },
];
