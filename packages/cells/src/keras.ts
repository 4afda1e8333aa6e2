/**
 * Parameters to and from Keras's layout (`SimpleRNN`, `LSTM`, `GRU`): `layer.get_weights()` in its order, by name.
 *
 * Kernels are as here; gates are in the same order (Keras writes i, f, c, o for i, f, g, o and z, r, h for z, r, n). Only the
 * bias of a GRU with `reset_after` differs: [2, 3·hiddenSize], of the input and of the recurrence.
 */
import { expectShape, tree } from '@elman/core';
import { add, concat1d, split, stack, type Tensor1D, type Tensor2D, unstack, zeros } from '@tensorflow/tfjs-core';
import type { GruParams } from './gru.ts';
import type { LstmParams } from './lstm.ts';
import type { ResetBeforeGruParams } from './reset-before-gru.ts';
import type { SimpleRnnParams } from './simple-rnn.ts';

/** kernel [inputSize, gates·hiddenSize], recurrent_kernel [hiddenSize, gates·hiddenSize], bias [gates·hiddenSize]. */
export type KerasWeights = {
  readonly kernel: Tensor2D;
  readonly recurrent_kernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** The same with bias [2, 3·hiddenSize]: a GRU with `reset_after`, which is Keras's default. */
export type KerasResetAfterWeights = {
  readonly kernel: Tensor2D;
  readonly recurrent_kernel: Tensor2D;
  readonly bias: Tensor2D;
};

/** @throws {ShapeError} naming the weight that does not fit the others. */
function expectKernels(where: string, gates: number, weights: KerasWeights | KerasResetAfterWeights): number {
  const hiddenSize = weights.recurrent_kernel.shape[0] ?? 0;
  const columns = { [`${gates}·hiddenSize`]: gates * hiddenSize };
  expectShape(where, 'recurrent_kernel', weights.recurrent_kernel, { hiddenSize, ...columns });
  expectShape(where, 'kernel', weights.kernel, { inputSize: undefined, ...columns });
  return gates * hiddenSize;
}

function fromKeras(where: string, gates: number, weights: KerasWeights): SimpleRnnParams & LstmParams {
  const columns = expectKernels(where, gates, weights);
  expectShape(where, 'bias', weights.bias, { [`${gates}·hiddenSize`]: columns });
  const { kernel, recurrent_kernel, bias } = weights;
  return tree.clone({ kernel, recurrentKernel: recurrent_kernel, bias });
}

const toKeras = ({ kernel, recurrentKernel, bias }: SimpleRnnParams): KerasWeights =>
  tree.clone({ kernel, recurrent_kernel: recurrentKernel, bias });

/** `simpleRnn`'s parameters from those of a `SimpleRNN`. */
export const simpleRnnFromKeras = (weights: KerasWeights): SimpleRnnParams =>
  fromKeras('simpleRnnFromKeras', 1, weights);

/** `simpleRnn`'s parameters as those of a `SimpleRNN`. */
export const simpleRnnToKeras = (params: SimpleRnnParams): KerasWeights => toKeras(params);

/** `lstm`'s parameters from those of an `LSTM`. */
export const lstmFromKeras = (weights: KerasWeights): LstmParams => fromKeras('lstmFromKeras', 4, weights);

/** `lstm`'s parameters as those of an `LSTM`. */
export const lstmToKeras = (params: LstmParams): KerasWeights => toKeras(params);

/** `resetBeforeGru`'s parameters from those of a `GRU` with `reset_after=False`. */
export const resetBeforeGruFromKeras = (weights: KerasWeights): ResetBeforeGruParams =>
  fromKeras('resetBeforeGruFromKeras', 3, weights);

/** `resetBeforeGru`'s parameters as those of a `GRU` with `reset_after=False`. */
export const resetBeforeGruToKeras = (params: ResetBeforeGruParams): KerasWeights => toKeras(params);

/** `gru`'s parameters from those of a `GRU` with `reset_after=True`. */
export const gruFromKeras = (weights: KerasResetAfterWeights): GruParams =>
  tree.tidy(() => {
    const columns = expectKernels('gruFromKeras', 3, weights);
    expectShape('gruFromKeras', 'bias', weights.bias, { 2: 2, '3·hiddenSize': columns });
    const [input, recurrent] = unstack(weights.bias) as [Tensor1D, Tensor1D];
    const [inputGates, inputNew] = split(input, [(2 * columns) / 3, columns / 3]) as [Tensor1D, Tensor1D];
    const [gates, recurrentNew] = split(recurrent, [(2 * columns) / 3, columns / 3]) as [Tensor1D, Tensor1D];
    return {
      kernel: weights.kernel.clone(),
      recurrentKernel: weights.recurrent_kernel.clone(),
      bias: concat1d([add(inputGates, gates), inputNew]),
      recurrentBias: recurrentNew,
    };
  });

/** `gru`'s parameters as those of a `GRU` with `reset_after=True`; the recurrent bias is 0 but for h. */
export const gruToKeras = ({ kernel, recurrentKernel, bias, recurrentBias }: GruParams): KerasResetAfterWeights =>
  tree.tidy(() => ({
    kernel: kernel.clone(),
    recurrent_kernel: recurrentKernel.clone(),
    bias: stack([bias, concat1d([zeros([2 * recurrentBias.size]), recurrentBias])]) as Tensor2D,
  }));
