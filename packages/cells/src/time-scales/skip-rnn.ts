import { type Cell, expectShape, type Frame, type Tree, tree } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import { add, minimum, mul, ones, sigmoid, sub, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { around } from './part-recipe.ts';
import { binarize } from './straight-through.ts';

/** The cell's own parameters; of the update gate kernel [outputSize, 1], bias [1]. */
export type SkipRnnParams<P extends Tree> = { readonly cell: P; readonly kernel: Tensor2D; readonly bias: Tensor1D };

/**
 * The cell's own state and its last output [batch, outputSize]; `update` [batch, 1], by which the next frame is taken or skipped;
 * `updates` [batch, 1]: how many frames were taken.
 */
export type SkipRnnState<S extends Tree> = {
  readonly cell: S;
  readonly output: Frame;
  readonly update: Frame;
  readonly updates: Frame;
};

/**
 * Skip RNN: a cell that decides at which frames its state is updated.
 *
 *   u = 1 if update > 1/2, else 0
 *   y', s' = cell(s, x) where u = 1, else as they were        output = y'
 *   δ = σ(y'·kernel + bias)
 *   update' = u·δ + (1 − u)·(update + min(δ, 1 − update))
 *   updates' = updates + u
 *
 * The gradient of u is that of `update` (straight-through). A loss with λ·mean(updates) of the last state in it, the paper's
 * budget, makes it skip more. The cell is computed at every frame, so that skipped frames save no time here.
 *
 * The gate reads the output, which is the state of a GRU or simple RNN (of an LSTM it is h, where the authors' code reads c), and of
 * a `stack` that of the last layer, as in the paper. States are float32.
 *
 * Shapes: y [batch, outputSize]; u, update, updates, δ [batch, 1].
 * Init:   kernel uniform ±1/√outputSize; bias 1. The first frame is always taken: update = 1 before it.
 * @see Campos et al. 2018, "Skip RNN: learning to skip state updates in recurrent neural networks"
 */
export function skipRnn<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
): Cell<SkipRnnParams<P>, SkipRnnState<S>, C> {
  const name = `skipRnn(${cell.name})`;
  const { inputSize, outputSize } = cell;
  return {
    name,
    inputSize,
    outputSize,
    recipe: around('skipRnn', cell),
    init: (rng) => ({
      cell: cell.init(rng.fork('cell')),
      kernel: uniform(rng.fork('kernel'), [outputSize, 1], 1 / Math.sqrt(outputSize)),
      bias: ones([1]),
    }),
    initialState: (batchSize, context) => ({
      cell: cell.initialState(batchSize, context),
      output: zeros([batchSize, outputSize]),
      update: ones([batchSize, 1]),
      updates: zeros([batchSize, 1]),
    }),
    step({ kernel, bias, ...params }, state, input, context, rng) {
      const { output, update, updates } = state;
      expectShape(name, 'input', input, { batch: update.shape[0], inputSize });
      return tree.tidy(() => {
        const u = binarize(update);
        const kept = sub(1, u);
        const next = cell.step(params.cell, state.cell, input, context, rng);
        const y: Frame = add(mul(u, next.output), mul(kept, output));
        const delta: Frame = sigmoid(affine<Frame>({ x: y, kernel, bias }));
        const more = add(update, minimum(delta, sub(1, update)));
        const after = {
          cell: tree.zip(state.cell, next.state, (a, b) => add(mul(kept, a), mul(u, b))),
          output: y.clone(),
          update: add<Frame>(mul(u, delta), mul(kept, more)),
          updates: add<Frame>(updates, u),
        };
        return { output: y, state: after };
      });
    },
  };
}
