import { bytesOf } from '../byte-level.ts';
import { REPLACEMENT, type StreamingDecoder } from '../tokenizer.ts';
import { byteToken } from '../utf8.ts';
import { type AddedTokens, readAddedTokens } from './added-tokens.ts';
import { type BpeModel, readBpeModel } from './bpe-model.ts';
import { readDecoder } from './decoder.ts';
import { type Normalizer, readNormalizer } from './normalizer.ts';
import { type PreTokenizer, readPreTokenizer } from './pre-tokenizer.ts';
import { Section } from './section.ts';

/** A parsed tokenizer.json. */
export interface TokenizerJson {
  readonly vocabSize: number;
  readonly unknownId: number | undefined;
  tokenOf(id: number): string | undefined;
  encode(text: string): number[];
  unknowns(text: string): string[];
  decoder(): StreamingDecoder;
}

/** The number of pieces whose ids are cached; a text repeats its words. */
const REMEMBERED = 100_000;
/** Longer pieces are rarely repeated. */
const LONGEST_REMEMBERED = 256;

/** Post-processors, which add special tokens or move offsets: neither changes the ids of a text alone. */
const POST_PROCESSORS = ['TemplateProcessing', 'BertProcessing', 'RobertaProcessing', 'ByteLevel', 'Sequence'];

/** @throws {DataError} for every feature that is not supported, by its name, and for any other JSON. */
export function readTokenizerJson(json: unknown): TokenizerJson {
  const file = new Section('tokenizer.json', json);
  if (!['1.0', undefined].includes(file.any('version') as string)) file.damaged('version', '"1.0"');
  if (file.any('truncation') != null) file.unsupported('truncation');
  if (file.any('padding') != null) file.unsupported('padding');
  readPostProcessor(file);
  const model = readBpeModel(new Section('tokenizer.json: model', file.any('model')));
  const normalizer =
    file.any('normalizer') == null ? undefined : readNormalizer('tokenizer.json: normalizer', file.any('normalizer'));
  const preTokenizer =
    file.any('pre_tokenizer') == null
      ? undefined
      : readPreTokenizer('tokenizer.json: pre_tokenizer', file.any('pre_tokenizer'));
  if (preTokenizer?.needsStart && normalizer?.movesStart) {
    file.unsupported('prepend_scheme first after a normalizer that changes what a text begins with');
  }
  const added = readAddedTokens('tokenizer.json: added_tokens', file.any('added_tokens'), model.vocabulary, normalizer);
  const tokens = new Map([...model.vocabulary].map(([token, id]) => [id, token] as const));
  for (const [id, content] of added.contents) tokens.set(id, content);
  const decoder = readDecoder('tokenizer.json: decoder', file.any('decoder'), (id) => tokens.get(id) ?? REPLACEMENT);
  file.end();
  const encoder = pieceEncoder(model, preTokenizer);
  const parts = partsOf(added, normalizer, preTokenizer);
  return {
    vocabSize: 1 + [...tokens.keys()].reduce((highest, id) => Math.max(highest, id), -1),
    unknownId: model.unknownId,
    tokenOf: (id) => tokens.get(id),
    encode(text) {
      const ids: number[] = [];
      for (const part of parts(text)) {
        if (typeof part === 'number') ids.push(part);
        else for (const id of encoder.encode(part)) ids.push(id);
      }
      return ids;
    },
    unknowns: (text) =>
      Array.from(parts(text)).flatMap((part) => (typeof part === 'number' ? [] : encoder.unknowns(part))),
    decoder,
  };
}

function readPostProcessor(file: Section): void {
  const given = file.any('post_processor');
  if (given == null) return;
  const section = new Section('tokenizer.json: post_processor', given);
  const type = section.string('type');
  if (!POST_PROCESSORS.includes(type)) section.unsupported(`type ${type}`);
}

/** The pieces of a text, in the order of the text, and the ids of added tokens between them. */
function partsOf(
  added: AddedTokens,
  normalize: Normalizer | undefined,
  preTokenizer: PreTokenizer | undefined,
): (text: string) => Generator<string | number> {
  return function* parts(text) {
    let isFirst = true;
    for (const raw of added.splitRaw(text.replace(/\p{Cs}/gu, REPLACEMENT))) {
      const normalized = typeof raw === 'number' ? [raw] : added.splitNormalized(normalize?.(raw) ?? raw);
      for (const part of normalized) {
        if (typeof part === 'number') yield part;
        else yield* preTokenizer?.cut(part, isFirst) ?? [part];
        isFirst = false;
      }
      isFirst = false;
    }
  };
}

function pieceEncoder(model: BpeModel, preTokenizer: PreTokenizer | undefined) {
  const remembered = new Map<string, readonly number[]>();
  const write = preTokenizer?.write ?? ((piece: string) => piece);
  return {
    encode(piece: string): readonly number[] {
      const known = remembered.get(piece);
      if (known !== undefined) return known;
      const ids = model.encode(write(piece));
      if (remembered.size >= REMEMBERED) remembered.clear();
      if (piece.length <= LONGEST_REMEMBERED) remembered.set(piece, ids);
      return ids;
    },
    unknowns(piece: string): string[] {
      const unknown: string[] = [];
      model.encode(write(piece), (character) => unknown.push(preTokenizer?.write ? byteOf(character) : character));
      return unknown;
    },
  };
}

/** A character for a byte, in readable form. */
function byteOf(letter: string): string {
  const byte = bytesOf(letter)?.[0];
  return byte === undefined ? letter : byteToken(byte);
}
