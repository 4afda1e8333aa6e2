import { type Cell, expectShape, type Frame, type TokenModel, type Tree, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expandDims, reshape, type Tensor2D } from '@tensorflow/tfjs-core';
import type { OutputProduct } from './output/output-layer.ts';
import { sessionsOf } from './session.ts';
import { tokenInputs } from './token-inputs.ts';

/** A token model that holds tensors of its own. */
export interface BoundModel<S extends Tree> extends TokenModel<S> {
  /** Disposes what it made for itself, not the parameters. */
  dispose(): void;
}

/** What turns the outputs of a cell into logits: as an op, and as one product. */
export interface BoundOutput {
  logits(outputs: Frame): Tensor2D;
  product(): OutputProduct;
}

/** A cell over tokens with its parameters, one step at a time. Errors begin with `name`, that of the model. */
export function bindTokens<P extends Tree, S extends Tree>(
  name: string,
  cell: Cell<P, S>,
  vocabSize: number,
  params: P,
  table: Tensor2D | undefined,
  output: BoundOutput,
): BoundModel<S> {
  const sessions = sessionsOf({
    cell,
    vocabSize,
    params,
    context: undefined,
    rows: 1,
    initialState: (batchSize) => cell.initialState(batchSize),
    table,
    output: output.product,
  });
  return {
    vocabSize,
    open: sessions.open,
    initialState: (batchSize) => cell.initialState(batchSize),
    next(state, tokens) {
      expectShape(name, 'tokens', tokens, { batch: undefined });
      return tree.tidy(() => {
        const ids = expandDims(tokens, 1) as Tensor2D;
        const { outputs, state: next } = unroll(cell, params, tokenInputs(cell, table, ids), { state });
        const features: Frame = reshape(outputs, [-1, cell.outputSize]);
        return { logits: output.logits(features), state: next, features };
      });
    },
    dispose: sessions.dispose,
  };
}
