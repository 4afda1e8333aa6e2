import { readTogether, type Storage, writeTogether } from '@elman/checkpoint';
import { CheckpointError, expectJson, type Factory, type Json, json, OptionError, parseJson } from '@elman/core';
import {
  addK,
  cache,
  decodeCounts,
  encodeCounts,
  interpolate,
  kneserNey,
  type NextTokenModel,
  type NgramCounts,
  stupidBackoff,
  wittenBell,
} from '@elman/ngram';
import { type Tokenizer, tokenizerFromJSON } from '@elman/tokenizers';
import { expectOptions } from './find/expect-options.ts';
import { type Options, readTyped } from './find/typed.ts';
import { expectedOneOf } from './near.ts';
import { jsonFile } from './run-folder.ts';

/** The files of an n-gram model: how counts are smoothed and text is split; and the counts. */
export const NGRAM = 'ngram.json';
const COUNTS = 'ngram.bin';

/** A method of smoothing. */
type Smoothing = {
  readonly options: NonNullable<Factory['options']>;
  readonly make: (counts: NgramCounts, options: Options) => NextTokenModel;
};

const SMOOTHINGS: { readonly [name: string]: Smoothing } = {
  kneserNey: { options: { discounts: ['modified', 'single'], interpolate: 'boolean' }, make: kneserNey },
  wittenBell: { options: {}, make: (counts) => wittenBell(counts) },
  addK: { options: { k: 'number' }, make: addK },
  stupidBackoff: { options: { factor: 'number' }, make: stupidBackoff },
};

/**
 * What makes a model of counts, by a method with its options, as in `addK:k=0.1`.
 * @throws {OptionError} for another name or option.
 */
export function smoothingOf(smoothing: string): (counts: NgramCounts) => NextTokenModel {
  const { name, options } = readTyped('smoothing', smoothing);
  const found = Object.hasOwn(SMOOTHINGS, name) ? SMOOTHINGS[name] : undefined;
  if (found === undefined) throw new OptionError(`smoothing: ${expectedOneOf(Object.keys(SMOOTHINGS), name)}`);
  const chosen = expectOptions(`smoothing: ${name}`, found.options, options);
  return (counts) => found.make(counts, chosen);
}

/** A cache beside the n-grams, and its share of the probabilities. */
export type CacheSettings = { readonly size: number; readonly share: number };

/** The model of counts, interpolated with a cache if there is one. */
export function withCache(model: NextTokenModel, settings: CacheSettings | undefined): NextTokenModel {
  if (settings === undefined) return model;
  const { size, share } = settings;
  return interpolate([model, cache({ vocabSize: model.vocabSize, size })], { weights: [1 - share, share] });
}

/** An n-gram model of text. */
export interface NgramTextModel {
  readonly model: NextTokenModel;
  readonly counts: NgramCounts;
  readonly smoothing: string;
  readonly cache?: CacheSettings | undefined;
  readonly tokenizer: Tokenizer;
  /** What it was made of, for `corpusIn`. */
  readonly run: { readonly texts: readonly string[]; readonly corpus?: string | undefined };
}

/** Saves a model; its files become those of the folder together or not at all. */
export async function saveNgram(
  storage: Storage,
  { counts, smoothing, cache, tokenizer, run }: Omit<NgramTextModel, 'model'>,
): Promise<void> {
  const about = {
    format: 'elman-ngram',
    version: 1,
    smoothing,
    cache,
    tokenizer: tokenizer.toJSON(),
    metadata: { run },
  };
  await writeTogether(storage, { [NGRAM]: jsonFile(about), [COUNTS]: encodeCounts(counts) }, { replace: true });
}

const ABOUT = json.record({
  format: json.oneOf('elman-ngram'),
  version: json.size,
  smoothing: json.text,
  cache: json.optional(json.record({ size: json.size, share: json.number })),
  metadata: json.record({ run: json.record({ texts: json.list(json.text), corpus: json.optional(json.text) }) }),
});

/** @throws {CheckpointError} if a file is missing, damaged, or of a later version. */
export async function loadNgram(storage: Storage): Promise<NgramTextModel> {
  const files = await readTogether(storage, [NGRAM, COUNTS]);
  const where = storage.locate(NGRAM);
  const advice = 'make it again with elman ngram';
  const found = parseJson(files[NGRAM] as Uint8Array, { where, advice });
  expectJson(where, found, ABOUT, advice);
  const { version, smoothing, cache, tokenizer, metadata } = found as {
    readonly version: number;
    readonly smoothing: string;
    readonly cache?: CacheSettings;
    readonly tokenizer: Json;
    readonly metadata: { readonly run: NgramTextModel['run'] };
  };
  if (version !== 1) throw new CheckpointError(`${where}: expected version 1, got ${version}; use a newer elman.`);
  const counts = decodeCounts(files[COUNTS] as Uint8Array, storage.locate(COUNTS));
  const made = tokenizerFromJSON(tokenizer);
  if (made.vocabSize !== counts.vocabSize) {
    throw new CheckpointError(
      `${where}: tokenizer: expected ${counts.vocabSize} tokens, those of ${COUNTS}, got ${made.vocabSize}; ${advice}.`,
    );
  }
  return {
    model: withCache(smoothingOf(smoothing)(counts), cache),
    counts,
    smoothing,
    cache,
    tokenizer: made,
    run: metadata.run,
  };
}
