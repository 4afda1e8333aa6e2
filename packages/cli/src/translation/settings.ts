import type { BackendName } from '@elman/backend';
import type { PairsFile } from './pairs-file.ts';

/** The command line of `elman translate`. */
export interface TranslateArguments {
  out?: string;
  overwrite?: boolean;
  readonly previous?: boolean;
  cell: string;
  trust?: readonly string[];
  hidden: number;
  embedding: number;
  layers: number;
  attention: string;
  reverse?: boolean;
  tokenizer: string;
  updates: number;
  batch: number;
  optimizer: string;
  learningRate: number;
  clip: number;
  seed: number;
  validation: number;
  evaluateEvery?: number;
  beam: number;
  alignments?: boolean;
  allowUnknown?: boolean;
  backend?: BackendName;
  json?: boolean;
}

/** All that a run is a function of, as JSON. */
export type TranslationSettings = {
  readonly pairs: string;
  readonly pairsHash: string;
  readonly cell: string;
  readonly hidden: number;
  readonly embedding: number;
  readonly layers: number;
  readonly attention: string;
  readonly reverse: boolean;
  readonly tokenizer: string;
  readonly updates: number;
  readonly batch: number;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly clip: number;
  readonly seed: number;
  readonly validation: number;
  readonly evaluateEvery: number;
  readonly backend: BackendName;
};

/** The settings of a run on these pairs. */
export function settingsOf(args: TranslateArguments, file: PairsFile, backend: BackendName): TranslationSettings {
  const { cell, hidden, embedding, layers, attention, tokenizer, updates, batch } = args;
  const { optimizer, learningRate, clip, seed, validation } = args;
  return {
    pairs: file.path,
    pairsHash: file.hash,
    cell,
    hidden,
    embedding,
    layers,
    attention,
    reverse: args.reverse === true,
    tokenizer,
    updates,
    batch,
    optimizer,
    learningRate,
    clip,
    seed,
    validation,
    evaluateEvery: args.evaluateEvery ?? Math.max(1, Math.round(updates / 10)),
    backend,
  };
}
