import { type Cell, expectSizes, type Frame, type Step } from '@elman/core';
import {
  add,
  concat1d,
  matMul,
  mul,
  ones,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { ACTIVATIONS, type Activation, activationOf } from '../activation.ts';
import { affineInput } from '../affine-input.ts';
import { initialKernels } from '../initial-kernels.ts';

/** Sizes and activation of an update gate RNN. */
export type UpdateGateRnnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Of the candidate; default tanh. */
  readonly activation?: Activation;
};

/** kernel [inputSize, 2·hiddenSize], recurrentKernel [hiddenSize, 2·hiddenSize], bias [2·hiddenSize]; z, then n. */
export type UpdateGateRnnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type UpdateGateRnnState = {
  readonly h: Frame;
};

/**
 * Update gate RNN (UGRNN): a simple recurrent network with one gate between the old state and the new.
 *
 *   u, v = split(x·kernel + h·recurrentKernel + bias)
 *   z = σ(u)                       the fraction of h that is kept
 *   n = s(v)                       s = tanh, relu or σ
 *   h' = z∘h + (1 − z)∘n           output = h'
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; kernel [inputSize, 2·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0, gate 1 (the paper adds such a constant to it, and tunes it).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or the activation is none of these.
 * @see Collins, Sohl-Dickstein & Sussillo 2017, "Capacity and trainability in recurrent neural networks"
 */
export function updateGateRnn(options: UpdateGateRnnOptions): Cell<UpdateGateRnnParams, UpdateGateRnnState> {
  const { inputSize, hiddenSize, activation = 'tanh' } = options;
  const name = 'updateGateRnn';
  expectSizes(name, { inputSize, hiddenSize });
  const activate = activationOf(name, 'activation', activation, ACTIVATIONS);

  const recur = (
    params: UpdateGateRnnParams,
    { h }: UpdateGateRnnState,
    projected: Frame,
  ): Step<UpdateGateRnnState> => {
    const [u, v] = split(add(projected, matMul(h, params.recurrentKernel)), 2, 1) as [Frame, Frame];
    const n = activate(v);
    const next: Frame = add(n, mul(sigmoid(u), sub(h, n)));
    return { output: next, state: { h: next } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, activation }] },
    init(rng) {
      return {
        ...initialKernels(rng, { inputSize, hiddenSize }, 2),
        bias: tidy(() => concat1d([ones([hiddenSize]), zeros([hiddenSize])])),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}
