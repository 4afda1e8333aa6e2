import { type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { TensorflowOps } from './ops.ts';

/**
 * What TensorFlow's ops save of an LSTM for its gradient, in their order: activated gates, and the states after
 * each frame. There g is called `ci` and tanh(c) `co`.
 */
export type LstmActivations = readonly [
  i: Tensor,
  c: Tensor,
  f: Tensor,
  o: Tensor,
  g: Tensor,
  tanhC: Tensor,
  h: Tensor,
];

type States = { readonly h: Tensor; readonly c: Tensor };

/** Peepholes are three, in the order of PEEPHOLES, or none. */
type Weights = { readonly kernel: Tensor; readonly peepholes: readonly Tensor[] };

/** The names, among the inputs of a sequence, of the peephole weights of i, f and o: [hidden] each. */
export const PEEPHOLES = ['peepholeI', 'peepholeF', 'peepholeO'] as const;

/** A sequence [time, batch, width] through gates σ, σ, tanh, σ of [x, h]·kernel, in the order i, f, g, o. */
export function blockLstm(ops: TensorflowOps, x: Tensor, weights: Weights, start: States): LstmActivations {
  const attributes = [ops.float('cell_clip', -1), usePeephole(ops, weights)];
  return ops.withInt64(x.shape[0] as number, (time) =>
    ops.execute('BlockLSTMV2', attributes, [time, x, start.c, start.h, ...inputsOf(weights)], 7),
  ) as unknown as LstmActivations;
}

/** Gradients w.r.t. x, the initial states and the weights, from those w.r.t. the states after all frames. */
export function blockLstmGradient(
  ops: TensorflowOps,
  x: Tensor,
  weights: Weights,
  start: States,
  activations: LstmActivations,
  { c, h }: States,
): { readonly x: Tensor } & Weights & States {
  const grads = ops.withInt64(x.shape[0] as number, (time) => {
    const inputs = [time, x, start.c, start.h, ...inputsOf(weights), ...activations, c, h];
    return ops.execute('BlockLSTMGradV2', [usePeephole(ops, weights)], inputs, 8);
  });
  const [dX, dC, dH, dKernel, ...others] = grads as [Tensor, Tensor, Tensor, Tensor, ...Tensor[]];
  return { x: dX, c: dC, h: dH, kernel: dKernel, peepholes: others.slice(0, 3) };
}

/**
 * The gradient of one frame w.r.t. c before it and its pre-activations in the order i, g, f, o: for a layer
 * with these weights, without its products.
 */
export function lstmCellGradient(
  ops: TensorflowOps,
  weights: Weights,
  batch: number,
): (before: States, activations: LstmActivations, after: States) => { readonly c: Tensor; readonly gates: Tensor } {
  const attributes = [usePeephole(ops, weights)];
  const given = inputsOf(weights);
  const x = zeros([batch, 0]);
  return (before, [i, c, f, o, g, tanhC], after) => {
    const inputs = [x, before.c, before.h, ...given, i, c, f, o, g, tanhC, after.c, after.h];
    const [dC, gates] = ops.execute('LSTMBlockCellGrad', attributes, inputs, 5) as [Tensor, Tensor];
    return { c: dC, gates };
  };
}

function usePeephole(ops: TensorflowOps, { peepholes }: Weights): ReturnType<TensorflowOps['bool']> {
  return ops.bool('use_peephole', peepholes.length > 0);
}

/** The kernel, peepholes (zeros if there are none), and a bias of zeros. */
function inputsOf({ kernel, peepholes }: Weights): Tensor[] {
  const width = kernel.shape[1] as number;
  const none = zeros([width / 4]);
  return [kernel, ...(peepholes.length > 0 ? peepholes : [none, none, none]), zeros([width])];
}
