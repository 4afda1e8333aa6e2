import type { Storage } from '@elman/checkpoint';
import { type TokenModel, type Tree, tree } from '@elman/core';
import { evaluate as evaluateNgram, tokenModel } from '@elman/ngram';
import type { Tokenizer } from '@elman/tokenizers';
import { evaluate } from '@elman/train';
import { wholeStream } from './batches.ts';
import { loadTextModel } from './load.ts';
import { loadNgram, NGRAM } from './ngram-model.ts';
import type { TrustArguments } from './trust.ts';

/** What predicts the next token of a text: a language model or counts of n-grams. */
export interface Predictor {
  readonly tokenizer: Tokenizer;
  /** As decoders use it. */
  readonly model: TokenModel<Tree>;
  /** Mean nats per token, and how many were predicted: of a text all but the first of each of a few parts. */
  evaluate(ids: Int32Array): Promise<{ readonly loss: number; readonly count: number }>;
  dispose(): void;
}

/**
 * Parts of a text that are read at the same time, and frames of a batch; the loss does not depend on the frames, and
 * hardly on the parts.
 */
const LANES = 16;
const FRAMES = 128;

/**
 * What a folder has: a language model, on the backend that is there, or an n-gram model.
 * @throws {CheckpointError} if a file is missing or damaged.
 */
export async function loadPredictor(storage: Storage, args: TrustArguments): Promise<Predictor> {
  if (await storage.exists(NGRAM)) {
    const { model, tokenizer } = await loadNgram(storage);
    return {
      tokenizer,
      model: tokenModel(model) as TokenModel<Tree>,
      evaluate: async (ids) => {
        const { nats, tokens } = evaluateNgram(model, ids, { from: 1 });
        return { loss: nats, count: tokens };
      },
      dispose: () => {},
    };
  }
  const { model, params, tokenizer } = await loadTextModel(storage, args);
  const bound = model.bind(params);
  return {
    tokenizer,
    model: bound,
    evaluate: (ids) => evaluate(model, params, wholeStream(ids, LANES, FRAMES)),
    dispose() {
      bound.dispose();
      tree.dispose(params);
    },
  };
}
