import { type Cell, expectSizes, type Frame, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, matMul, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, type Activation, activationOf } from '../activation.ts';
import { affineInput } from '../affine-input.ts';
import { type RecurrentInitializerOptions, recurrentInitializer } from '../recurrent-initializer.ts';

/** Sizes, activations and initial values of a Jordan network. */
export type JordanOptions = RecurrentInitializerOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default hiddenSize. */
  readonly outputSize?: number;
  /** Of the hidden layer; default tanh. */
  readonly activation?: Activation;
  /** Of the output, which is the whole state of the network; default linear. */
  readonly outputActivation?: Activation | 'linear';
};

/**
 * kernel [inputSize, hiddenSize], recurrentKernel [outputSize, hiddenSize], bias [hiddenSize];
 * outputKernel [hiddenSize, outputSize], outputBias [outputSize].
 */
export type JordanParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly outputKernel: Tensor2D;
  readonly outputBias: Tensor1D;
};

/** y [batch, outputSize]: the previous output. */
export type JordanState = {
  readonly y: Frame;
};

/**
 * Jordan network: recurrent only through its output.
 *
 *   h' = f(x·kernel + y·recurrentKernel + bias)   f = tanh, relu or σ
 *   y' = g(h'·outputKernel + outputBias)          g = linear, tanh, relu or σ; output = y'
 *
 * Its state is only its output: it is weaker than `simpleRnn`, but with targets in place of outputs its steps
 * are independent of each other (`teacherForced`). Jordan's decaying trace of earlier outputs is left out.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; y [batch, outputSize].
 * Init:   kernels uniform ±1/√(number of their rows), the recurrent one by `recurrentInitializer`; biases 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or an activation or initializer is none of these.
 * @see Jordan 1986, "Attractor dynamics and parallelism in a connectionist sequential machine"
 * @see Goodfellow et al. 2016, "Deep Learning", §10.2.1 (output recurrence)
 */
export function jordan(options: JordanOptions): Cell<JordanParams, JordanState> {
  const { inputSize, hiddenSize, outputSize = hiddenSize, activation = 'tanh', outputActivation = 'linear' } = options;
  const name = 'jordan';
  expectSizes(name, { inputSize, hiddenSize, outputSize });
  const recurrent = recurrentInitializer(name, options);
  const hidden = activationOf(name, 'activation', activation, ACTIVATIONS);
  const out = activationOf(name, 'outputActivation', outputActivation, ['linear', ...ACTIVATIONS]);

  const recur = (params: JordanParams, { y }: JordanState, projected: Frame): Step<JordanState> => {
    const h = hidden(add(projected, matMul(y, params.recurrentKernel)));
    const next = out(add(matMul(h, params.outputKernel), params.outputBias));
    return { output: next, state: { y: next } };
  };

  const given = { inputSize, hiddenSize, outputSize, activation, outputActivation };
  return {
    name,
    inputSize,
    outputSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ ...given, ...recurrent.given }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize], 1 / Math.sqrt(inputSize)),
      recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [outputSize, hiddenSize], {
        limit: 1 / Math.sqrt(outputSize),
      }),
      bias: zeros([hiddenSize]),
      outputKernel: uniform(rng.fork('outputKernel'), [hiddenSize, outputSize], 1 / Math.sqrt(hiddenSize)),
      outputBias: zeros([outputSize]),
    }),
    initialState: (batchSize) => ({ y: zeros([batchSize, outputSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}
