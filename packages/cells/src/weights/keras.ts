/**
 * Parameters to and from Keras's layout (`SimpleRNN`, `LSTM`, `GRU`): `layer.get_weights()` in its order, by name.
 *
 * Kernels are the same as here; gates are in the same order (Keras writes i, f, c, o for i, f, g, o and z, r, h for z,
 * r, n). Only the bias of a GRU with `reset_after` differs: [2, 3·hiddenSize], of the input and of the recurrence.
 * Without a bias (`use_bias=False`) it is 0.
 */
import { expectShape, tree } from '@elman/core';
import {
  add,
  concat1d,
  type Rank,
  split,
  stack,
  type Tensor1D,
  type Tensor2D,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import type { GruParams } from '../gated/gru.ts';
import type { LstmParams } from '../gated/lstm.ts';
import type { ResetBeforeGruParams } from '../gated/reset-before-gru.ts';
import type { SimpleRnnParams } from '../simple/simple-rnn.ts';
import { expectGruParams, expectParams, type NamedWeights, takeWeights } from './weights.ts';

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

/** Arguments of `FromKeras`: a layer with `use_bias=False` has no bias; it becomes 0. */
type WithoutBias<W extends KerasWeights | KerasResetAfterWeights> = Omit<W, 'bias'> & {
  readonly bias?: W['bias'] | undefined;
};

const WEIGHTS = { kernel: 'required', recurrent_kernel: 'required', bias: 'optional' } as const;

/**
 * The weights of a layer, and the columns of its kernels.
 * @throws {ShapeError} naming the weight that is missing or does not match the others.
 */
function weightsOf<W extends KerasWeights | KerasResetAfterWeights>(
  where: string,
  gates: number,
  given: WithoutBias<W>,
): { weights: WithoutBias<W>; columns: number } {
  const { kernel, recurrent_kernel } = takeWeights(where, given as NamedWeights, WEIGHTS);
  const hiddenSize = recurrent_kernel.shape[0] ?? 0;
  const columns = { [`${gates}·hiddenSize`]: gates * hiddenSize };
  expectShape(where, 'recurrent_kernel', recurrent_kernel, { hiddenSize, ...columns });
  expectShape(where, 'kernel', kernel, { inputSize: undefined, ...columns });
  return { weights: given, columns: gates * hiddenSize };
}

function fromKeras(where: string, gates: number, given: WithoutBias<KerasWeights>): SimpleRnnParams & LstmParams {
  const { weights, columns } = weightsOf<KerasWeights>(where, gates, given);
  const { kernel, recurrent_kernel, bias } = weights;
  if (bias !== undefined) expectShape(where, 'bias', bias, { [`${gates}·hiddenSize`]: columns });
  return {
    kernel: kernel.clone(),
    recurrentKernel: recurrent_kernel.clone(),
    bias: bias?.clone() ?? zeros<Rank.R1>([columns]),
  };
}

function toKeras(where: string, gates: number, params: SimpleRnnParams): KerasWeights {
  const { kernel, recurrentKernel, bias } = expectParams(where, gates, params);
  return tree.clone({ kernel, recurrent_kernel: recurrentKernel, bias });
}

/** `simpleRnn`'s parameters from those of a `SimpleRNN`. */
export const simpleRnnFromKeras = (weights: WithoutBias<KerasWeights>): SimpleRnnParams =>
  fromKeras('simpleRnnFromKeras', 1, weights);

/** `simpleRnn`'s parameters as those of a `SimpleRNN`. */
export const simpleRnnToKeras = (params: SimpleRnnParams): KerasWeights => toKeras('simpleRnnToKeras', 1, params);

/** `lstm`'s parameters from those of an `LSTM`. */
export const lstmFromKeras = (weights: WithoutBias<KerasWeights>): LstmParams => fromKeras('lstmFromKeras', 4, weights);

/** `lstm`'s parameters as those of an `LSTM`. */
export const lstmToKeras = (params: LstmParams): KerasWeights => toKeras('lstmToKeras', 4, params);

/** `resetBeforeGru`'s parameters from those of a `GRU` with `reset_after=False`. */
export const resetBeforeGruFromKeras = (weights: WithoutBias<KerasWeights>): ResetBeforeGruParams =>
  fromKeras('resetBeforeGruFromKeras', 3, weights);

/** `resetBeforeGru`'s parameters as those of a `GRU` with `reset_after=False`. */
export const resetBeforeGruToKeras = (params: ResetBeforeGruParams): KerasWeights =>
  toKeras('resetBeforeGruToKeras', 3, params);

/** `gru`'s parameters from those of a `GRU` with `reset_after=True`. */
export const gruFromKeras = (given: WithoutBias<KerasResetAfterWeights>): GruParams =>
  tree.tidy(() => {
    const { weights, columns } = weightsOf<KerasResetAfterWeights>('gruFromKeras', 3, given);
    const bias = weights.bias ?? zeros<Rank.R2>([2, columns]);
    expectShape('gruFromKeras', 'bias', bias, { 2: 2, '3·hiddenSize': columns });
    const [input, recurrent] = unstack(bias) as [Tensor1D, Tensor1D];
    const [inputGates, inputNew] = split(input, [(2 * columns) / 3, columns / 3]) as [Tensor1D, Tensor1D];
    const [gates, recurrentNew] = split(recurrent, [(2 * columns) / 3, columns / 3]) as [Tensor1D, Tensor1D];
    return {
      kernel: weights.kernel.clone(),
      recurrentKernel: weights.recurrent_kernel.clone(),
      bias: concat1d([add(inputGates, gates), inputNew]),
      recurrentBias: recurrentNew,
    };
  });

/** `gru`'s parameters as those of a `GRU` with `reset_after=True`; the recurrent bias is 0 except for h. */
export const gruToKeras = (params: GruParams): KerasResetAfterWeights =>
  tree.tidy(() => {
    const { kernel, recurrentKernel, bias, recurrentBias } = expectGruParams('gruToKeras', params);
    return {
      kernel: kernel.clone(),
      recurrent_kernel: recurrentKernel.clone(),
      bias: stack([bias, concat1d([zeros([2 * recurrentBias.size]), recurrentBias])]) as Tensor2D,
    };
  });
