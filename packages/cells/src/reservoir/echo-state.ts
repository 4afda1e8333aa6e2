import { type Cell, expectSizes, type Frame, OptionError, type Rng, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, matMul, mul, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';
import { spectralRadius as radiusOf } from './spectral-radius.ts';

/** Sizes and scales of a reservoir. */
export type EchoStateOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The leaking rate, above 0 to 1; default 1. */
  readonly leak?: number | undefined;
  /** Of the initial recurrent matrix; default 0.9. */
  readonly spectralRadius?: number | undefined;
  /** The share of recurrent weights that are not 0, above 0 to 1; default 10 of each unit: 10/hiddenSize, at most 1. */
  readonly density?: number | undefined;
  /** The limit of the initial weights of the input; default 1. */
  readonly inputScale?: number | undefined;
  /** The limit of the initial bias; default inputScale, as for an input that is always 1. */
  readonly biasScale?: number | undefined;
};

/** kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], bias [hiddenSize]. */
export type EchoStateParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type EchoStateState = { readonly h: Frame };

/**
 * Reservoir of an echo state network: leaky tanh units with random weights that are scaled, not trained. What is learnt is a linear
 * map of its output, by `solveReadout` of @elman/models.
 *
 *   h' = (1 − leak)∘h + leak∘tanh(x·kernel + h·recurrentKernel + bias)        output = h'
 *
 * Below a spectral radius of 1 the state usually forgets where it started (the echo state property), the more slowly the nearer the
 * radius is to 1 and the smaller leak is. The weights are ordinary parameters: `train` trains them, too, the zeros among them included.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernel uniform ±inputScale; bias uniform ±biasScale; each weight of recurrentKernel is not 0 with probability density, then
 *         uniform, and all are scaled so that the largest modulus of the eigenvalues is spectralRadius, to a relative 1e-6.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if an option is out of its range; by `init`, if so few weights are not 0 that every eigenvalue is.
 * @see Jaeger 2001, "The 'echo state' approach to analysing and training recurrent neural networks"; leaky units: Jaeger et al.
 * 2007, as in Lukoševičius 2012, "A practical guide to applying echo state networks"
 */
export function echoState(options: EchoStateOptions): Cell<EchoStateParams, EchoStateState> {
  const { inputSize, hiddenSize, leak = 1, spectralRadius = 0.9, inputScale = 1, biasScale = inputScale } = options;
  const name = 'echoState';
  expectSizes(name, { inputSize, hiddenSize });
  const density = options.density ?? Math.min(1, 10 / hiddenSize);
  for (const [option, value] of Object.entries({ leak, density })) {
    if (!(value > 0 && value <= 1)) {
      throw new OptionError(`${name}: ${option}: expected a number above 0 to 1, got ${value}.`);
    }
  }
  for (const [option, value] of Object.entries({ spectralRadius, inputScale, biasScale })) {
    if (!(value >= 0 && Number.isFinite(value))) {
      throw new OptionError(`${name}: ${option}: expected a number from 0, got ${value}.`);
    }
  }

  const recur = (params: EchoStateParams, { h }: EchoStateState, projected: Frame): Step<EchoStateState> => {
    const f = tanh<Frame>(add(projected, matMul(h, params.recurrentKernel)));
    const next: Frame = leak === 1 ? f : add(mul(h, 1 - leak), mul(f, leak));
    return { output: next, state: { h: next } };
  };

  const given = { inputSize, hiddenSize, leak, spectralRadius, density, inputScale, biasScale };
  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [given] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize], inputScale),
      recurrentKernel: reservoir(rng.fork('recurrentKernel'), hiddenSize, density, spectralRadius),
      bias: uniform(rng.fork('bias'), [hiddenSize], biasScale),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}

/** A sparse random matrix of this spectral radius. */
function reservoir(rng: Rng, size: number, density: number, spectralRadius: number): Tensor2D {
  const values = Float64Array.from({ length: size * size }, () => {
    const weight = rng.uniform(-1, 1);
    return rng.uniform() < density ? weight : 0;
  });
  const radius = radiusOf(values, size);
  if (radius === 0) {
    throw new OptionError(
      `echoState: density: all eigenvalues of the recurrent matrix drawn with ${density} are 0; raise it, or take another seed.`,
    );
  }
  let at = 0;
  return rng.tensor([size, size], () => ((values[at++] as number) * spectralRadius) / radius) as Tensor2D;
}
