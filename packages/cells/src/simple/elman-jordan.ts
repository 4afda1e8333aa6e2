import { type Cell, expectSizes, type Frame, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, matMul, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, activationOf } from '../activation.ts';
import { affineInput } from '../affine-input.ts';
import { recurrentInitializer } from '../recurrent-initializer.ts';
import type { JordanOptions, JordanParams } from './jordan.ts';

/** Those of a Jordan network, recurrentKernel [hiddenSize, hiddenSize], and feedbackKernel [outputSize, hiddenSize]. */
export type ElmanJordanParams = JordanParams & { readonly feedbackKernel: Tensor2D };

/** h [batch, hiddenSize] and y [batch, outputSize]: the previous hidden layer and the previous output. */
export type ElmanJordanState = {
  readonly h: Frame;
  readonly y: Frame;
};

/**
 * Elman–Jordan network: recurrent through its hidden layer and its output.
 *
 *   h' = f(x·kernel + h·recurrentKernel + y·feedbackKernel + bias)   f = tanh, relu or σ
 *   y' = g(h'·outputKernel + outputBias)                             g = linear, tanh, relu or σ; output = y'
 *
 * Without feedbackKernel it is `simpleRnn` with an output layer, without recurrentKernel it is `jordan`.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; y [batch, outputSize].
 * Init:   kernels uniform ±1/√(number of their rows), that of h by `recurrentInitializer`; biases 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or an activation or initializer is none of these.
 * @see Goodfellow et al. 2016, "Deep Learning", §10.2.1 (recurrence from the output and between hidden units)
 */
export function elmanJordan(options: JordanOptions): Cell<ElmanJordanParams, ElmanJordanState> {
  const { inputSize, hiddenSize, outputSize = hiddenSize, activation = 'tanh', outputActivation = 'linear' } = options;
  const name = 'elmanJordan';
  expectSizes(name, { inputSize, hiddenSize, outputSize });
  const recurrent = recurrentInitializer(name, options);
  const hidden = activationOf(name, 'activation', activation, ACTIVATIONS);
  const out = activationOf(name, 'outputActivation', outputActivation, ['linear', ...ACTIVATIONS]);

  const recur = (params: ElmanJordanParams, { h, y }: ElmanJordanState, projected: Frame): Step<ElmanJordanState> => {
    const recurrence = add(matMul(h, params.recurrentKernel), matMul(y, params.feedbackKernel));
    const nextH = hidden(add(projected, recurrence));
    const nextY = out(add(matMul(nextH, params.outputKernel), params.outputBias));
    return { output: nextY, state: { h: nextH, y: nextY } };
  };

  const given = { inputSize, hiddenSize, outputSize, activation, outputActivation };
  return {
    name,
    inputSize,
    outputSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ ...given, ...recurrent.given }] },
    init: (rng) => {
      const kernel = (of: string, rows: number, columns: number): Tensor2D =>
        uniform(rng.fork(of), [rows, columns], 1 / Math.sqrt(rows));
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: kernel('kernel', inputSize, hiddenSize),
        recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], { limit }),
        feedbackKernel: kernel('feedbackKernel', outputSize, hiddenSize),
        bias: zeros([hiddenSize]),
        outputKernel: kernel('outputKernel', hiddenSize, outputSize),
        outputBias: zeros([outputSize]),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), y: zeros([batchSize, outputSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}
