import { type Cell, expectShape, expectSizes, OptionError, type Sequence, tree } from '@elman/core';
import { type DenseParams, dense } from '@elman/nn';
import {
  cast,
  clone,
  concat,
  expandDims,
  mul,
  notEqual,
  reshape,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { type Activation, activationOf } from '../activation.ts';
import { type EarlierFrames, noFrames, windowsOf } from '../earlier-frames.ts';

/** Sizes and activation of a feed-forward layer. */
export type FeedForwardOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default sigmoid. */
  readonly activation?: Activation;
  /** The frames that it sees: the current one and those before it; default 1. */
  readonly window?: number | undefined;
  /** Whether the output has those frames too, after the hidden units; default false. */
  readonly direct?: boolean | undefined;
};

/** The window − 1 inputs before, from the earliest, each [batch, inputSize]: none by default. */
export type FeedForwardState = EarlierFrames;

/**
 * A feed-forward layer, as a cell: over the current frame, or over a window of the last ones.
 *
 *   z = [x₋₂, x₋₁, x]                       for window = 3; inputs before the first frame are 0
 *   y = f(z·kernel + bias)                  f = σ, tanh or relu; output = y, or with `direct` [y, z]
 *
 * Over embedded words it is the neural n-gram model: `languageModel` of it, with tanh and a window of n − 1, predicts a
 * word from the n − 1 before it, and `direct` connects their embeddings to the output. With a window of 1 it is a
 * controller whose only state is in an external memory.
 *
 * Shapes: x [batch, inputSize]; y [batch, hiddenSize]; kernel [window·inputSize, hiddenSize], rows from the earliest frame on;
 * bias [hiddenSize].
 * Init:   kernel Glorot uniform, bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or the window is not a positive whole number or the activation is none of these.
 * @see Bengio, Ducharme, Vincent & Jauvin 2003, A neural probabilistic language model; as a controller: Graves, Wayne &
 * Danihelka 2014, Neural Turing Machines, section 3.4
 */
export function feedForward(options: FeedForwardOptions): Cell<DenseParams, FeedForwardState> {
  const { inputSize, hiddenSize, activation = 'sigmoid', window = 1, direct = false } = options;
  const name = 'feedForward';
  expectSizes(name, { inputSize, hiddenSize, window });
  if (typeof direct !== 'boolean') {
    throw new OptionError(`${name}: direct: expected true or false, got ${direct as string}.`);
  }
  const activate = activationOf(name, 'activation', activation, ['sigmoid', 'tanh', 'relu']) as <T extends Tensor>(
    x: T,
  ) => T;
  const layer = dense({ inputSize: window * inputSize, outputSize: hiddenSize });
  const given = { inputSize, hiddenSize, activation, ...(window > 1 && { window }), ...(direct && { direct }) };

  /** Of rows of windows. */
  const outputsOf = (params: DenseParams, z: Tensor2D): Tensor2D => {
    const y = activate(layer.apply(params, z));
    return direct ? concat([y, z], 1) : y;
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize + (direct ? window * inputSize : 0),
    recipe: { package: '@elman/cells', factory: name, arguments: [given] },
    init: (rng) => layer.init(rng),
    initialState: (batchSize) => ({ earlier: noFrames(window - 1, batchSize, inputSize) }),
    step(params, { earlier }, input) {
      expectShape(name, 'input', input, { batch: earlier[0]?.shape[0], inputSize });
      return tree.tidy(() => {
        const seen = [...earlier, input];
        const z: Tensor2D = seen.length === 1 ? input : concat(seen, 1);
        return { output: outputsOf(params, z), state: { earlier: seen.slice(1).map((x) => clone(x)) } };
      });
    },
    scan: (params, { earlier }, inputs, { mask, reverse }) =>
      tree.tidy(() => {
        const [batch, time] = inputs.shape;
        const { seen, last } = windowsOf(earlier, inputs, { mask, reverse });
        const rows = reshape(concat([...seen], 2), [batch * time, window * inputSize]) as Tensor2D;
        const outputs: Sequence = reshape(outputsOf(params, rows), [batch, time, -1]);
        const real = mask && cast(notEqual(expandDims(mask, 2), 0), 'float32');
        return { outputs: real === undefined ? outputs : mul<Sequence>(outputs, real), state: { earlier: last } };
      }),
  };
}
