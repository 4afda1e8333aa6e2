import { expectShape, isId, OptionError, type TokenModel, type TokenSession } from '@elman/core';
import { fill, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { NextTokenModel } from './next-token-model.ts';

/** The last tokens, int32 [batch, max(1, contextSize)], the latest in the last column; −1 where there is none yet. */
export type ContextState = { readonly context: Tensor2D };

/**
 * A model on numbers as a `TokenModel`: its log-probabilities are the logits. Decoders run it in sessions on typed arrays, on any
 * backend; `next` reads the state from the device and waits for it, so it is slow on `webgl` and `webgpu`.
 *
 * @throws {ShapeError} in a step, if the state is not of this model.
 * @throws {OptionError} in a step, for a token outside of the vocabulary.
 */
export function tokenModel(model: NextTokenModel): TokenModel<ContextState> {
  const { vocabSize } = model;
  const columns = Math.max(1, model.contextSize);
  return {
    vocabSize,
    initialState: (batchSize) => ({ context: fill([batchSize, columns], -1, 'int32') }),
    next({ context }, tokens) {
      const rows = tokens.shape[0];
      expectShape('tokenModel', 'context', context, { batch: rows, contextSize: columns });
      const state = shifted(numbersOf(context) as Int32Array, numbersOf(tokens), vocabSize);
      return {
        logits: tensor2d(logitsOf(model, state, rows), [rows, vocabSize]),
        state: { context: tensor2d(state, [rows, columns], 'int32') },
      };
    },
    open: (batchSize) => openSession(model, batchSize),
  };
}

function openSession(model: NextTokenModel, batchSize: number): TokenSession {
  const { vocabSize } = model;
  const columns = Math.max(1, model.contextSize);
  const logits = new Float32Array(batchSize * vocabSize);
  let state = new Int32Array(batchSize * columns).fill(-1);
  return {
    next(tokens, wanted) {
      state = shifted(state, tokens, vocabSize);
      return wanted ? logitsOf(model, state, tokens.length, logits) : undefined;
    },
    keep(rows) {
      const before = state;
      state = new Int32Array(rows.length * columns);
      for (const [to, from] of rows.entries()) {
        state.set(before.subarray(from * columns, (from + 1) * columns), to * columns);
      }
    },
    dispose: () => undefined,
  };
}

/** What a model needs that computes in JavaScript: here it cannot be awaited. */
function numbersOf(tensor: Tensor): ArrayLike<number> {
  // biome-ignore lint/plugin: `next` is synchronous, and what follows is not made of ops.
  return tensor.dataSync();
}

/** The state after one more token in each row. */
function shifted(state: Int32Array, tokens: ArrayLike<number>, vocabSize: number): Int32Array<ArrayBuffer> {
  const columns = state.length / tokens.length;
  const next = new Int32Array(state.length);
  for (let row = 0; row < tokens.length; row++) {
    const token = tokens[row] as number;
    if (!isId(token, vocabSize)) {
      throw new OptionError(`tokenModel: tokens: expected ids from 0 to ${vocabSize - 1}, got ${token} in row ${row}.`);
    }
    const [from, to] = [row * columns, (row + 1) * columns];
    next.set(state.subarray(from + 1, to), from);
    next[to - 1] = token;
  }
  return next;
}

/** The log-probabilities after each row of the state. */
function logitsOf(
  model: NextTokenModel,
  state: Int32Array,
  rows: number,
  logits: Float32Array<ArrayBuffer> = new Float32Array(rows * model.vocabSize),
): Float32Array<ArrayBuffer> {
  const columns = state.length / rows;
  for (let row = 0; row < rows; row++) {
    let from = row * columns;
    while (state[from] === -1) from++; // The latest token is never −1.
    const out = logits.subarray(row * model.vocabSize, (row + 1) * model.vocabSize);
    model.logProbabilities(state.subarray(from, (row + 1) * columns), out);
  }
  return logits.subarray(0, rows * model.vocabSize);
}
