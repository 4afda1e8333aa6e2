/**
 * Parameters to and from PyTorch's layout (`torch.nn.RNN`, `LSTM`, `GRU`; of each layer and direction by itself).
 *
 * There kernels are transposed, [gates·hiddenSize, inputSize]; each gate has two biases, of which all but those of the
 * GRU's n only ever occur as their sum; the gates are i, f, g, o as here (LSTM), and r, z, n instead of z, r, n (GRU).
 */
import { expectShape, tree } from '@elman/core';
import {
  add,
  concat,
  concat1d,
  split,
  type Tensor1D,
  type Tensor2D,
  transpose,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { GruParams } from './gru.ts';
import type { LstmParams } from './lstm.ts';
import type { SimpleRnnParams } from './simple-rnn.ts';

/** As in a `state_dict`, without the layer's suffix: weight_ih [gates·hiddenSize, inputSize], and so on. */
export type PyTorchWeights = {
  readonly weight_ih: Tensor2D;
  readonly weight_hh: Tensor2D;
  readonly bias_ih: Tensor1D;
  readonly bias_hh: Tensor1D;
};

/** @throws {ShapeError} naming the weight that does not fit the others. */
function expectWeights(where: string, gates: number, weights: PyTorchWeights): number {
  const { weight_ih, weight_hh, bias_ih, bias_hh } = weights;
  const hiddenSize = weight_hh.shape[1] ?? 0;
  const rows = gates * hiddenSize;
  expectShape(where, 'weight_hh', weight_hh, { [`${gates}·hiddenSize`]: rows, hiddenSize });
  expectShape(where, 'weight_ih', weight_ih, { [`${gates}·hiddenSize`]: rows, inputSize: undefined });
  expectShape(where, 'bias_ih', bias_ih, { [`${gates}·hiddenSize`]: rows });
  expectShape(where, 'bias_hh', bias_hh, { [`${gates}·hiddenSize`]: rows });
  return hiddenSize;
}

const fromPyTorch = (where: string, gates: number, weights: PyTorchWeights): SimpleRnnParams & LstmParams =>
  tree.tidy(() => {
    expectWeights(where, gates, weights);
    return {
      kernel: transpose(weights.weight_ih),
      recurrentKernel: transpose(weights.weight_hh),
      bias: add(weights.bias_ih, weights.bias_hh),
    };
  });

const toPyTorch = ({ kernel, recurrentKernel, bias }: SimpleRnnParams & LstmParams): PyTorchWeights => ({
  weight_ih: transpose(kernel),
  weight_hh: transpose(recurrentKernel),
  bias_ih: bias.clone(),
  bias_hh: zerosLike(bias),
});

/** `simpleRnn`'s parameters from those of a `torch.nn.RNN`. */
export const simpleRnnFromPyTorch = (weights: PyTorchWeights): SimpleRnnParams =>
  fromPyTorch('simpleRnnFromPyTorch', 1, weights);

/** `simpleRnn`'s parameters as those of a `torch.nn.RNN`; bias_hh is 0. */
export const simpleRnnToPyTorch = (params: SimpleRnnParams): PyTorchWeights => toPyTorch(params);

/** `lstm`'s parameters from those of a `torch.nn.LSTM`. */
export const lstmFromPyTorch = (weights: PyTorchWeights): LstmParams => fromPyTorch('lstmFromPyTorch', 4, weights);

/** `lstm`'s parameters as those of a `torch.nn.LSTM`; bias_hh is 0. */
export const lstmToPyTorch = (params: LstmParams): PyTorchWeights => toPyTorch(params);

/** `gru`'s parameters from those of a `torch.nn.GRU`. */
export const gruFromPyTorch = (weights: PyTorchWeights): GruParams =>
  tree.tidy(() => {
    expectWeights('gruFromPyTorch', 3, weights);
    const [ir, iz, inew] = split(weights.bias_ih, 3) as [Tensor1D, Tensor1D, Tensor1D];
    const [hr, hz, hnew] = split(weights.bias_hh, 3) as [Tensor1D, Tensor1D, Tensor1D];
    return {
      kernel: transpose(swapGates(weights.weight_ih)),
      recurrentKernel: transpose(swapGates(weights.weight_hh)),
      bias: concat1d([add(iz, hz), add(ir, hr), inew]),
      recurrentBias: hnew.clone(),
    };
  });

/** `gru`'s parameters as those of a `torch.nn.GRU`; bias_hh is 0 but for n. */
export const gruToPyTorch = ({ kernel, recurrentKernel, bias, recurrentBias }: GruParams): PyTorchWeights =>
  tree.tidy(() => ({
    weight_ih: swapGates(transpose(kernel)),
    weight_hh: swapGates(transpose(recurrentKernel)),
    bias_ih: swapGates(bias),
    bias_hh: concat1d([zeros([2 * recurrentBias.size]), recurrentBias]),
  }));

/** The first two of three gates along axis 0 change places: z, r, n ↔ r, z, n. */
function swapGates<T extends Tensor1D | Tensor2D>(weights: T): T {
  const [first, second, third] = split(weights, 3, 0) as [T, T, T];
  return concat([second, first, third] as Tensor2D[], 0) as unknown as T;
}
