import type { Storage } from '@elman/checkpoint';
import { CheckpointError, type Json, type Tree } from '@elman/core';
import type { LanguageModel, LanguageModelParams } from '@elman/models';
import type { Tokenizer } from '@elman/tokenizers';
import { NGRAM } from './ngram-model.ts';
import { loadTrusted, type TrustArguments, trustOf } from './trust.ts';

/** A language model over any cell. */
export type AnyModel = LanguageModel<Tree, Tree>;
/** Its parameters. */
export type AnyParams = LanguageModelParams<Tree>;

/** Anything noted down beside a model. */
export type Metadata = { readonly [key: string]: Json };

/** What a folder holds. */
export interface Loaded {
  readonly model: AnyModel;
  readonly params: AnyParams;
  readonly tokenizer: Tokenizer;
  readonly metadata: Metadata;
}

/** What was noted down beside a model, before there is a backend to load it on; nothing if the file is damaged. */
export async function readMetadata(storage: Storage): Promise<Metadata> {
  const bytes = await storage.read((await storage.exists(NGRAM)) ? NGRAM : 'model.json');
  try {
    return (JSON.parse(new TextDecoder().decode(bytes)) as { metadata?: Metadata }).metadata ?? {};
  } catch {
    return {};
  }
}

/**
 * A model of text. What it names of other packages than Elman's is imported only if the arguments name these packages too.
 * @throws {CheckpointError} if a file is missing, damaged, or knows of no tokenizer.
 */
export async function loadTextModel(storage: Storage, args: TrustArguments): Promise<Loaded> {
  const loaded = await loadTrusted(storage, { trust: await trustOf(args) });
  const { model, params, tokenizer, metadata = {} } = loaded;
  if (tokenizer === undefined) {
    throw new CheckpointError(`${storage.locate('model.json')}: it has no tokenizer; save the model with one.`);
  }
  return { model, params, tokenizer, metadata };
}
