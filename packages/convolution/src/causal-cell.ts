import { type Cell, expectShape, type Frame, type Recipe, type Rng, type Tree, tree } from '@elman/core';
import { reverse as reversed, type Tensor2D } from '@tensorflow/tfjs-core';
import { allReal, type FrameOrder, realFirst } from './real-first.ts';
import { allFrames, oneFrame, type Run } from './run.ts';

/** A cell whose output depends on the last frames alone. */
export interface CausalCell<P extends Tree, S extends Tree, C = void> extends Cell<P, S, C> {
  /** How many frames the output depends on, the current one included. */
  readonly receptiveField: number;
}

/** Layers of causal convolutions, written once for one frame and for all frames of a sequence. */
export interface Net<P extends Tree, S extends Tree, C> {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
  readonly receptiveField: number;
  readonly recipe: Recipe;
  init(rng: Rng): P;
  initialState(batchSize: number): S;
  /** x has a row for each row of the batch, and for each frame of it: see `Run`. */
  apply(params: P, state: S, x: Tensor2D, run: Run, context: C): { y: Tensor2D; state: S };
  /** Throws if a context is not what is wanted. */
  expectContext?(context: C, batch: number): void;
}

/**
 * The cell: `step` over one frame, `scan` over all of a layer at once. Under a mask the real frames of each row are
 * brought together.
 */
export function causalCell<P extends Tree, S extends Tree, C = void>(net: Net<P, S, C>): CausalCell<P, S, C> {
  const { name, inputSize, outputSize, receptiveField, recipe } = net;
  return {
    name,
    inputSize,
    outputSize,
    receptiveField,
    recipe,
    init: (rng) => net.init(rng),
    initialState: (batchSize) => net.initialState(batchSize),
    step(params, state, input, context, rng) {
      const batch = tree.leaves(state)[0]?.shape[0];
      expectShape(name, 'input', input, { batch, inputSize });
      net.expectContext?.(context, input.shape[0]);
      return tree.tidy(() => {
        const { y, state: next } = net.apply(params, state, input, oneFrame(rng?.sequence()), context);
        return { output: y as Frame, state: next };
      });
    },
    scan(params, state, inputs, { context, mask, reverse = false, rng }) {
      const [batch] = inputs.shape;
      expectShape(name, 'inputs', inputs, { batch, time: undefined, inputSize });
      net.expectContext?.(context, batch);
      return tree.tidy(() => {
        const turned = <T extends Tensor2D | typeof inputs>(x: T): T => (reverse ? reversed<T>(x, 1) : x);
        const order: FrameOrder = mask === undefined ? allReal(inputs.shape) : realFirst(turned(mask));
        const { real } = order;
        const run = allFrames({ rows: batch, real }, rng?.sequence());
        const { y, state: next } = net.apply(params, state, order.toRows(turned(inputs)), run, context);
        return { outputs: turned(order.toFrames(y)), state: next };
      });
    },
  };
}
