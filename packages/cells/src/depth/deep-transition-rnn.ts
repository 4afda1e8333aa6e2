import { type Cell, expectSizes, type Frame, OptionError } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, matMul, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import { initialLayers, type LayerParams, through } from './layers.ts';

/** Sizes and depths of a deep transition RNN. */
export type DeepTransitionRnnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Layers from one state to the next; default 2. With 1 and the other defaults it is `simpleRnn`. */
  readonly transitionDepth?: number | undefined;
  /** Layers of hiddenSize between the input and the transition (deep input); default 0. */
  readonly inputDepth?: number | undefined;
  /** Layers of hiddenSize between the state and the output (deep output); default 0. */
  readonly outputDepth?: number | undefined;
  /** Whether the last layer of the transition also reads the previous state, past those in between; default false. */
  readonly shortcut?: boolean | undefined;
};

/**
 * kernel [inputSize or hiddenSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], bias [hiddenSize]: the first layer of the
 * transition. inputLayers, transitionLayers (the others) and outputLayers: kernel and bias of each layer.
 * shortcutKernel [hiddenSize, hiddenSize].
 */
export type DeepTransitionRnnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly inputLayers: readonly LayerParams[];
  readonly transitionLayers: readonly LayerParams[];
  readonly outputLayers: readonly LayerParams[];
  readonly shortcutKernel?: Tensor2D;
};

/** h [batch, hiddenSize]. */
export type DeepTransitionRnnState = {
  readonly h: Frame;
};

/** The last layer of a transition, with what comes past those in between. */
const withShortcut = (below: Frame, { kernel, bias }: LayerParams, past: Frame): Frame =>
  tanh(add(add(matMul(below, kernel), bias), past));

/**
 * Simple recurrent network with a deep transition, a deep output and a deep input.
 *
 *   u  = tanh layers of x                                  inputDepth of them
 *   a  = tanh(u·kernel + h·recurrentKernel + bias)
 *   h' = tanh layers of a                                  transitionDepth − 1 of them; output = h'
 *   y  = tanh layers of h'                                 outputDepth of them; the output, if there are any
 *
 * With `shortcut`, h·shortcutKernel is added within the last tanh of the transition: DT(S)-RNN. DOT(S)-RNN has a deep output, too.
 *
 * Shapes: x [batch, inputSize]; h, y [batch, hiddenSize].
 * Init:   kernels uniform ±1/√(their rows); biases 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or transitionDepth is not a positive whole number, another depth is not a whole number, or there is a
 *         shortcut without layers in between.
 * @see Pascanu, Gulcehre, Cho & Bengio 2014, "How to construct deep recurrent neural networks"
 */
export function deepTransitionRnn(
  options: DeepTransitionRnnOptions,
): Cell<DeepTransitionRnnParams, DeepTransitionRnnState> {
  const { inputSize, hiddenSize, transitionDepth = 2, inputDepth = 0, outputDepth = 0, shortcut = false } = options;
  const name = 'deepTransitionRnn';
  expectSizes(name, { inputSize, hiddenSize, transitionDepth });
  for (const [option, depth] of Object.entries({ inputDepth, outputDepth })) {
    if (Number.isSafeInteger(depth) && depth >= 0) continue;
    throw new OptionError(`${name}: ${option}: expected a whole number from 0, got ${depth}.`);
  }
  if (shortcut && transitionDepth === 1) {
    throw new OptionError(`${name}: shortcut: expected a transitionDepth from 2, got 1; there is nothing to go past.`);
  }
  const wide = (count: number): number[] => Array<number>(count).fill(hiddenSize);
  const given = { inputSize, hiddenSize, transitionDepth, inputDepth, outputDepth, shortcut };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [given] },
    init(rng) {
      const rows = inputDepth === 0 ? inputSize : hiddenSize;
      const square = (label: string): Tensor2D =>
        uniform(rng.fork(label), [hiddenSize, hiddenSize], 1 / Math.sqrt(hiddenSize));
      return {
        kernel: uniform(rng.fork('kernel'), [rows, hiddenSize], 1 / Math.sqrt(rows)),
        recurrentKernel: square('recurrentKernel'),
        bias: zeros([hiddenSize]),
        inputLayers: initialLayers(rng.fork('inputLayers'), [inputSize, ...wide(inputDepth)]),
        transitionLayers: initialLayers(rng.fork('transitionLayers'), wide(transitionDepth)),
        outputLayers: initialLayers(rng.fork('outputLayers'), wide(outputDepth + 1)),
        ...(shortcut && { shortcutKernel: square('shortcutKernel') }),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h }, x) => {
      const { kernel, recurrentKernel, bias, shortcutKernel } = params;
      const u = through(x, params.inputLayers);
      const a: Frame = tanh(add(add(matMul(u, kernel), matMul(h, recurrentKernel)), bias));
      const { transitionLayers: layers } = params;
      const last = layers.at(-1) as LayerParams;
      const next =
        shortcutKernel === undefined
          ? through(a, layers)
          : withShortcut(through(a, layers.slice(0, -1)), last, matMul(h, shortcutKernel));
      const output = outputDepth === 0 ? next : through(next, params.outputLayers);
      return { output, state: { h: next } };
    }),
  };
}
