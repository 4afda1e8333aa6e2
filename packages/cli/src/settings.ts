import { basename, extname, join, resolve } from 'node:path';
import type { BackendName } from '@elman/backend';
import { CheckpointError, expectJson, json } from '@elman/core';
import type { CorpusName } from '@elman/data/node';
import type { Metadata } from './load.ts';
import { type SourceText, STANDARD_INPUT } from './text.ts';

/** The command line of `elman train`. */
export interface TrainArguments {
  out?: string;
  resume?: string;
  /** Beside `resume`: from the state before the last one that was saved. */
  previous?: boolean;
  /** Beside `resume`: `cell` was named, and is to be that of the folder. */
  sameCell?: boolean;
  trust?: readonly string[];
  overwrite?: boolean;
  corpus?: string;
  cell: string;
  hidden: number;
  layers: number;
  embedding?: number | 'one-hot';
  dropout: number;
  tokenizer?: string;
  output: string;
  batch: number;
  window: number;
  /** A share of the text, or a file. */
  validation?: number | string;
  updates?: number;
  epochs?: number;
  minutes?: number;
  optimizer: string;
  learningRate: number;
  clip: number;
  seed: number;
  evaluateEvery?: number;
  saveEvery?: number;
  backend?: BackendName;
  json?: boolean;
}

/** All that a run is a function of, as JSON: it stands in the metadata of the model and `--resume` reads it there. */
export type RunSettings = {
  readonly texts: readonly string[];
  readonly textHash: string;
  /** Absent if the texts are plain files. */
  readonly corpus?: string | undefined;
  readonly cell: string;
  readonly hidden: number;
  readonly layers: number;
  readonly embedding: number | 'one-hot' | null;
  readonly tokenizer: string;
  /** Absent in runs from before there was a choice. */
  readonly output?: string | undefined;
  readonly dropout: number;
  readonly batch: number;
  readonly window: number;
  readonly validation: number | string | null;
  /** How many updates the learning rate is planned for; null if the run is measured in minutes. */
  readonly updates: number | null;
  readonly minutes: number | null;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly clip: number;
  readonly seed: number;
  readonly evaluateEvery: number;
  readonly saveEvery: number;
  readonly backend: BackendName;
};

/** Where the text of a run is kept that came on standard input, so that the run can be resumed. */
export const KEPT_TEXT = 'standard-input.txt';
/** Under which name the settings stand in a model's metadata. */
const KEY = 'run';
const UPDATES = 2000;
/** Where only the minutes are known. */
const EVALUATE_EVERY = 200;

/** The settings of a new run. */
export function settingsOf(
  args: TrainArguments,
  source: SourceText,
  { batchesPerEpoch, backend, folder }: { batchesPerEpoch: number; backend: BackendName; folder: string },
): RunSettings {
  const updates = updatesOf(args, batchesPerEpoch);
  const evaluateEvery =
    args.evaluateEvery ?? (updates === null ? EVALUATE_EVERY : Math.max(1, Math.round(updates / 10)));
  return {
    texts: source.paths.includes(STANDARD_INPUT) ? [resolve(folder, KEPT_TEXT)] : source.paths,
    textHash: source.hash,
    ...(args.corpus !== undefined && { corpus: args.corpus }),
    cell: args.cell,
    hidden: args.hidden,
    layers: args.layers,
    embedding: args.embedding ?? null,
    tokenizer: tokenizerOf(args),
    output: args.output,
    dropout: args.dropout,
    batch: args.batch,
    window: args.window,
    validation: validationOf(args),
    updates,
    minutes: args.minutes ?? null,
    optimizer: args.optimizer,
    learningRate: args.learningRate,
    clip: args.clip,
    seed: args.seed,
    evaluateEvery,
    saveEvery: args.saveEvery ?? evaluateEvery,
    backend,
  };
}

/** The tokenizer that figures of a corpus are published with. */
const TOKENIZERS: { readonly [corpus in CorpusName]: string } = {
  pennTreebankWords: 'word-level:endOfLine=true',
  pennTreebankCharacters: 'characters',
  wikiText: 'word-level:endOfLine=true,maximumVocabulary=1000000',
  text8: 'characters',
  enwik8: 'bytes',
};

/** The tokenizer that is named, else that of the corpus, else characters. */
export function tokenizerOf({ tokenizer, corpus }: Pick<TrainArguments, 'tokenizer' | 'corpus'>): string {
  return tokenizer ?? TOKENIZERS[corpus as CorpusName] ?? 'characters';
}

/** What is held out: a share, the whole path of a file, or null for the default. */
export function validationOf({ validation }: Pick<TrainArguments, 'validation'>): number | string | null {
  return typeof validation === 'string' ? resolve(validation) : (validation ?? null);
}

/** How long to train, in updates; null if that is given in minutes. */
export function updatesOf(
  { updates, epochs, minutes }: Pick<TrainArguments, 'updates' | 'epochs' | 'minutes'>,
  batchesPerEpoch: number,
): number | null {
  if (epochs !== undefined) return Math.max(1, Math.round(epochs * batchesPerEpoch));
  return updates ?? (minutes === undefined ? UPDATES : null);
}

/** The default folder of a run: `runs/` and the name of the first text. */
export function defaultFolder(texts: readonly string[]): string {
  const first = texts[0] === STANDARD_INPUT ? KEPT_TEXT : (texts[0] ?? 'text');
  return join('runs', basename(resolve(first), extname(first)) || 'text');
}

/** The settings as metadata of a model. */
export function toMetadata(settings: RunSettings): Metadata {
  return { [KEY]: settings };
}

/** The backend that a run was on: another one would round differently. */
export function backendIn(metadata: Metadata): BackendName | undefined {
  const backend = (metadata[KEY] as Partial<RunSettings> | undefined)?.backend;
  return typeof backend === 'string' ? backend : undefined;
}

/** The corpus that a run was trained on, and where it was; undefined for plain text. */
export function corpusIn(
  metadata: Metadata,
): { readonly corpus: string; readonly texts: readonly string[] } | undefined {
  const { corpus, texts } = (metadata[KEY] ?? {}) as Partial<RunSettings>;
  return typeof corpus === 'string' && typeof texts?.[0] === 'string' ? { corpus, texts } : undefined;
}

/** @throws {CheckpointError} if the model in a folder was not made by `elman train`. */
export function fromMetadata(folder: string, metadata: Metadata): RunSettings {
  const settings = metadata[KEY];
  if (typeof settings !== 'object' || settings === null) {
    throw new CheckpointError(
      `${folder}: the model there was not made by elman train; it cannot be resumed, only sampled from.`,
    );
  }
  const advice = 'train anew with --overwrite, or use an earlier copy of the folder';
  expectJson(`${folder}: model.json: metadata.${KEY}`, settings, SETTINGS, advice);
  return settings as unknown as RunSettings;
}

const SETTINGS = json.record({
  texts: json.list(json.text),
  textHash: json.text,
  corpus: json.optional(json.text),
  cell: json.text,
  hidden: json.size,
  layers: json.size,
  embedding: json.nullable(json.either('a positive whole number or one-hot', json.size, json.oneOf('one-hot'))),
  tokenizer: json.text,
  output: json.optional(json.text),
  dropout: json.number,
  batch: json.size,
  window: json.size,
  validation: json.nullable(json.either('a share of the text, or a file', json.number, json.text)),
  updates: json.nullable(json.size),
  minutes: json.nullable(json.number),
  optimizer: json.text,
  learningRate: json.number,
  clip: json.number,
  seed: json.number,
  evaluateEvery: json.size,
  saveEvery: json.size,
  backend: json.text,
});
