/**
 * Parameters to and from PyTorch's layout (`torch.nn.RNN`, `LSTM`, `GRU`; each layer and direction separately).
 *
 *   lstmFromPyTorch(weights)                                  // one layer, one direction: weight_ih, … or weight_ih_l0, …
 *   lstmFromPyTorch(stateDict, { layer: 1, reverse: true })   // weight_ih_l1_reverse, … of a whole state_dict
 *   lstmFromPyTorch(stateDict, { prefix: 'encoder.lstm' })    // encoder.lstm.weight_ih_l0, … of a whole model's
 *
 * Without biases (`bias=False`) they are 0.
 *
 * PyTorch's kernels are transposed, [gates·hiddenSize, inputSize]; each gate has two biases, of which all but those of the
 * GRU's n only ever occur as their sum; the gates are i, f, g, o as here (LSTM), and r, z, n instead of z, r, n (GRU).
 */
import { expectShape, ShapeError, tree } from '@elman/core';
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
import type { GruParams } from '../gated/gru.ts';
import type { LstmParams } from '../gated/lstm.ts';
import type { SimpleRnnParams } from '../simple/simple-rnn.ts';
import { layerOf, type StateDictOptions } from './state-dict.ts';
import { expectGruParams, expectParams, type NamedWeights, takeWeights } from './weights.ts';

/** As in a `state_dict`, without the layer's suffix: weight_ih [gates·hiddenSize, inputSize], and so on. */
export type PyTorchWeights = {
  readonly weight_ih: Tensor2D;
  readonly weight_hh: Tensor2D;
  readonly bias_ih: Tensor1D;
  readonly bias_hh: Tensor1D;
};

/** The weights of a `state_dict`: `weight_ih_l0`, or `weight_ih` where there is one layer; biases only where there are. */
export type PyTorchStateDict = NamedWeights;

const WEIGHTS = { weight_ih: 'required', weight_hh: 'required', bias_ih: 'optional', bias_hh: 'optional' } as const;

/**
 * The weights of one layer in one direction; biases that are absent are 0.
 * @throws {ShapeError} naming the weight that is missing or does not match the others.
 */
function weightsOf(where: string, gates: number, given: PyTorchStateDict, options: StateDictOptions): PyTorchWeights {
  const weights = takeWeights(where, layerOf(where, given, options), WEIGHTS);
  const { weight_ih, weight_hh } = weights;
  const hiddenSize = weight_hh.shape[1] ?? 0;
  const rows = gates * hiddenSize;
  const axes = { [`${gates}·hiddenSize`]: rows };
  expectShape(where, 'weight_hh', weight_hh, { ...axes, hiddenSize });
  expectShape(where, 'weight_ih', weight_ih, { ...axes, inputSize: undefined });
  const bias = (name: 'bias_ih' | 'bias_hh', other: 'bias_ih' | 'bias_hh'): Tensor1D => {
    if (weights[name] === undefined && weights[other] !== undefined) {
      throw new ShapeError(`${where}: ${name}: missing beside ${other}; give both, or neither where there are none.`);
    }
    const found = weights[name] ?? zeros([rows]);
    expectShape(where, name, found, axes);
    return found as Tensor1D;
  };
  return {
    weight_ih: weight_ih as Tensor2D,
    weight_hh: weight_hh as Tensor2D,
    bias_ih: bias('bias_ih', 'bias_hh'),
    bias_hh: bias('bias_hh', 'bias_ih'),
  };
}

const fromPyTorch = (
  where: string,
  gates: number,
  given: PyTorchStateDict,
  options: StateDictOptions,
): SimpleRnnParams & LstmParams =>
  tree.tidy(() => {
    const { weight_ih, weight_hh, bias_ih, bias_hh } = weightsOf(where, gates, given, options);
    return {
      kernel: transpose(weight_ih),
      recurrentKernel: transpose(weight_hh),
      bias: add(bias_ih, bias_hh),
    };
  });

const toPyTorch = (where: string, gates: number, params: SimpleRnnParams & LstmParams): PyTorchWeights => {
  const { kernel, recurrentKernel, bias } = expectParams(where, gates, params);
  return {
    weight_ih: transpose(kernel),
    weight_hh: transpose(recurrentKernel),
    bias_ih: bias.clone(),
    bias_hh: zerosLike(bias),
  };
};

/** `simpleRnn`'s parameters from those of a `torch.nn.RNN`. */
export const simpleRnnFromPyTorch = (weights: PyTorchStateDict, options: StateDictOptions = {}): SimpleRnnParams =>
  fromPyTorch('simpleRnnFromPyTorch', 1, weights, options);

/** `simpleRnn`'s parameters as those of a `torch.nn.RNN`; bias_hh is 0. */
export const simpleRnnToPyTorch = (params: SimpleRnnParams): PyTorchWeights =>
  toPyTorch('simpleRnnToPyTorch', 1, params);

/** `lstm`'s parameters from those of a `torch.nn.LSTM`. */
export const lstmFromPyTorch = (weights: PyTorchStateDict, options: StateDictOptions = {}): LstmParams =>
  fromPyTorch('lstmFromPyTorch', 4, weights, options);

/** `lstm`'s parameters as those of a `torch.nn.LSTM`; bias_hh is 0. */
export const lstmToPyTorch = (params: LstmParams): PyTorchWeights => toPyTorch('lstmToPyTorch', 4, params);

/** `gru`'s parameters from those of a `torch.nn.GRU`. */
export const gruFromPyTorch = (weights: PyTorchStateDict, options: StateDictOptions = {}): GruParams =>
  tree.tidy(() => {
    const { weight_ih, weight_hh, bias_ih, bias_hh } = weightsOf('gruFromPyTorch', 3, weights, options);
    const [ir, iz, inew] = split(bias_ih, 3) as [Tensor1D, Tensor1D, Tensor1D];
    const [hr, hz, hnew] = split(bias_hh, 3) as [Tensor1D, Tensor1D, Tensor1D];
    return {
      kernel: transpose(swapGates(weight_ih)),
      recurrentKernel: transpose(swapGates(weight_hh)),
      bias: concat1d([add(iz, hz), add(ir, hr), inew]),
      recurrentBias: hnew.clone(),
    };
  });

/** `gru`'s parameters as those of a `torch.nn.GRU`; bias_hh is 0 except for n. */
export const gruToPyTorch = (params: GruParams): PyTorchWeights =>
  tree.tidy(() => {
    const { kernel, recurrentKernel, bias, recurrentBias } = expectGruParams('gruToPyTorch', params);
    return {
      weight_ih: swapGates(transpose(kernel)),
      weight_hh: swapGates(transpose(recurrentKernel)),
      bias_ih: swapGates(bias),
      bias_hh: concat1d([zeros([2 * recurrentBias.size]), recurrentBias]),
    };
  });

/** Swaps the first two of three gates along axis 0: z, r, n ↔ r, z, n. */
function swapGates<T extends Tensor1D | Tensor2D>(weights: T): T {
  const [first, second, third] = split(weights, 3, 0) as [T, T, T];
  return concat([second, first, third] as Tensor2D[], 0) as unknown as T;
}
