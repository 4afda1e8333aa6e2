import type { Storage } from '@elman/checkpoint';
import { CheckpointError, type Json, type Tree } from '@elman/core';
import { type LanguageModel, type LanguageModelParams, loadModel } from '@elman/models';
import type { Tokenizer } from '@elman/tokenizers';
import { importPackage } from './packages.ts';

/** A language model over any cell. */
export type AnyModel = LanguageModel<Tree, Tree>;
/** Its parameters. */
export type AnyParams = LanguageModelParams<Tree>;

/** What a folder holds. */
export interface Loaded {
  readonly model: AnyModel;
  readonly params: AnyParams;
  readonly tokenizer: Tokenizer;
  readonly metadata: { readonly [key: string]: Json };
}

/**
 * A model of text, with the cell that it names found from where the person works too.
 * @throws {CheckpointError} if a file is missing, damaged, or knows of no tokenizer.
 */
export async function loadTextModel(storage: Storage): Promise<Loaded> {
  const { model, params, tokenizer, metadata = {} } = await loadModel(storage, { importPackage });
  if (tokenizer === undefined) {
    throw new CheckpointError(`${storage.locate('model.json')}: it has no tokenizer; save the model with one.`);
  }
  return { model, params, tokenizer, metadata };
}
