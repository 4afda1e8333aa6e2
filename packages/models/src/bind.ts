import { type Cell, expectShape, type Frame, type TokenModel, type Tree, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expandDims, reshape, type Tensor2D } from '@tensorflow/tfjs-core';
import { lookUp, projectVocabulary, takesProjected, tokenInputs } from './token-inputs.ts';

/** A token model that holds tensors of its own. */
export interface BoundModel<S extends Tree> extends TokenModel<S> {
  /** Disposes what it made for itself, not the parameters. */
  dispose(): void;
}

/** Vocabularies up to this size are projected once, when a model is bound; larger ones token by token. */
const PROJECTED_VOCABULARY = 1024;

/** A cell over tokens with its parameters, one step at a time. */
export function bindTokens<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  vocabSize: number,
  params: P,
  table: Tensor2D | undefined,
  logitsOf: (outputs: Frame) => Tensor2D,
): BoundModel<S> {
  const projection =
    takesProjected(cell) && vocabSize <= PROJECTED_VOCABULARY
      ? tree.tidy(() => projectVocabulary(cell, params, table))
      : undefined;
  return {
    vocabSize,
    initialState: (batchSize) => cell.initialState(batchSize),
    next(state, tokens) {
      expectShape('languageModel', 'tokens', tokens, { batch: undefined });
      return tree.tidy(() => {
        const ids = expandDims(tokens, 1) as Tensor2D;
        const { inputs, projected } =
          projection === undefined
            ? tokenInputs(cell, params, table, ids)
            : { inputs: lookUp(projection, ids), projected: true };
        const { outputs, state: next } = unroll(cell, params, inputs, { state, projected });
        return { logits: logitsOf(reshape(outputs, [-1, cell.outputSize])), state: next };
      });
    },
    dispose() {
      projection?.dispose();
    },
  };
}
