import { type Tensor, type TensorInfo, zeros } from '@tensorflow/tfjs-core';
import type { TensorflowOps } from './ops.ts';

/**
 * What TensorFlow's ops keep of an LSTM for its gradient, in their order: gates after their functions, and the states after
 * each frame. They call g `ci` and tanh(c) `co`.
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

/** A sequence [time, batch, width] through gates σ, σ, tanh, σ of [x, h]·kernel, in the order i, f, g, o. */
export function blockLstm(ops: TensorflowOps, x: Tensor, kernel: Tensor, start: States): LstmActivations {
  const attributes = [ops.float('cell_clip', -1), ops.bool('use_peephole', false)];
  return ops.withInt64(x.shape[0] as number, (time) =>
    ops.execute('BlockLSTMV2', attributes, [time, ...inputsOf(x, kernel, start)], 7),
  ) as unknown as LstmActivations;
}

/** By x, by the states at the start and by the kernel, of gradients by the states after all frames. */
export function blockLstmGradient(
  ops: TensorflowOps,
  x: Tensor,
  kernel: Tensor,
  start: States,
  activations: LstmActivations,
  { c, h }: States,
): { readonly x: Tensor; readonly c: Tensor; readonly h: Tensor; readonly kernel: Tensor } {
  const grads = ops.withInt64(x.shape[0] as number, (time) => {
    const inputs = [time, ...inputsOf(x, kernel, start), ...activations, c, h];
    return ops.execute('BlockLSTMGradV2', [ops.bool('use_peephole', false)], inputs, 8);
  });
  const [dX, dC, dH, dKernel] = grads as [Tensor, Tensor, Tensor, Tensor];
  return { x: dX, c: dC, h: dH, kernel: dKernel };
}

/**
 * The gradient of one frame by c before it, and by its gates before their functions in the order i, g, f, o: for a layer
 * with these weights, whose products are not a part of it.
 */
export function lstmCellGradient(
  ops: TensorflowOps,
  recurrentKernel: Tensor,
  batch: number,
): (before: States, activations: LstmActivations, after: States) => { readonly c: Tensor; readonly gates: Tensor } {
  const attributes = [ops.bool('use_peephole', false)];
  const weights = weightsOf(recurrentKernel);
  const x = zeros([batch, 0]);
  return (before, [i, c, f, o, g, tanhC], after) => {
    const inputs = [x, before.c, before.h, ...weights, i, c, f, o, g, tanhC, after.c, after.h];
    const [dC, gates] = ops.execute('LSTMBlockCellGrad', attributes, inputs, 5) as [Tensor, Tensor];
    return { c: dC, gates };
  };
}

function inputsOf(x: Tensor, kernel: Tensor, { c, h }: States): TensorInfo[] {
  return [x, c, h, ...weightsOf(kernel)];
}

/** The kernel, and peepholes and a bias that add nothing. */
function weightsOf(kernel: Tensor): Tensor[] {
  const width = kernel.shape[1] as number;
  const peephole = zeros([width / 4]);
  return [kernel, peephole, peephole, peephole, zeros([width])];
}
