import { folderStorage } from '@elman/checkpoint/node';
import { CheckpointError } from '@elman/core';
import type { Translator } from '@elman/models';
import type { BoundaryTokenizer } from '@elman/tokenizers';
import { loadTrusted, type TrustArguments, trustOf } from '../trust.ts';

/**
 * What a folder holds that `elman translate` has made.
 * @throws {CheckpointError} if a file is missing or damaged, or it is another kind of model.
 */
export async function loadTranslator(path: string, args: TrustArguments): Promise<Translator> {
  const storage = folderStorage(path);
  const {
    model,
    params,
    tokenizers = {},
  } = await loadTrusted(storage, {
    kind: 'seq2seq',
    trust: await trustOf(args),
  });
  const { source, target } = tokenizers;
  if (source === undefined || (target as Partial<BoundaryTokenizer> | undefined)?.boundary === undefined) {
    throw new CheckpointError(
      `${storage.locate('model.json')}: tokenizers: expected source and target, the latter with a boundary; save the model with them.`,
    );
  }
  return { model, params, source, target: target as BoundaryTokenizer };
}
