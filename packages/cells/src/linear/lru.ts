import { type Cell, expectShape, expectSizes, type Frame, naturalLog, OptionError, type Rng, tree } from '@elman/core';
import { type Complex, linearScan } from '@elman/kernels';
import { normal } from '@elman/nn';
import {
  add,
  concat,
  cos,
  exp,
  matMul,
  mul,
  neg,
  sin,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { framesOf, masked, rowsOf } from './linear-recurrence.ts';

/** Sizes of a linear recurrent unit, and the ring on which its eigenvalues start. */
export type LruOptions = {
  readonly inputSize: number;
  /** The number of complex units. */
  readonly hiddenSize: number;
  /** Default hiddenSize. */
  readonly outputSize?: number;
  /** The least modulus of an eigenvalue at the start; default 0. */
  readonly rMin?: number;
  /** The largest; default 1. */
  readonly rMax?: number;
  /** The largest phase at the start, in radians; default 2π. */
  readonly maxPhase?: number;
};

/**
 * nu, theta and gamma [hiddenSize]: logarithms of the decay, of the phase and of the scale of the input. kernel
 * [inputSize, 2·hiddenSize]: real parts, then imaginary ones. outputKernel [2·hiddenSize, outputSize]: rows of real parts, then
 * those of imaginary ones, with the sign of the equation. skipKernel [inputSize, outputSize].
 */
export type LruParams = {
  readonly nu: Tensor1D;
  readonly theta: Tensor1D;
  readonly gamma: Tensor1D;
  readonly kernel: Tensor2D;
  readonly outputKernel: Tensor2D;
  readonly skipKernel: Tensor2D;
};

/** h = real + i·imag, each [batch, hiddenSize]. */
export type LruState = {
  readonly real: Frame;
  readonly imag: Frame;
};

/**
 * Linear recurrent unit (LRU): a diagonal linear recurrence of complex numbers, parallel in time. Without a nonlinearity of its own: the
 * paper puts a gated layer and a residual connection around each.
 *
 *   λ = exp(−exp(nu) + i·exp(theta))                 so that |λ| < 1
 *   B = [kernel's real parts] + i·[its imaginary parts], C likewise
 *   h' = λ∘h + exp(gamma)∘(x·B)
 *   y = Re(h'·C) + x·skipKernel                      the output; Re(h'·C) = [Re h', Im h']·outputKernel
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize], complex; y [batch, outputSize].
 * Init:   λ uniform on the ring of area between rMin and rMax, of phase uniform to maxPhase; gamma log √(1 − |λ|²), so that the state
 *         of white noise has the variance of one input; kernel normal with variance 1/(2·inputSize), outputKernel 1/hiddenSize,
 *         skipKernel 1/inputSize. The paper's code has one number for each input in the place of skipKernel.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, or not 0 ≤ rMin ≤ rMax ≤ 1, rMin < 1, rMax > 0 and maxPhase > 0.
 * @see Orvieto, Smith, Gu, Fernando, Gulcehre, Pascanu & De 2023, "Resurrecting recurrent neural networks for long sequences"
 */
export function lru(options: LruOptions): Cell<LruParams, LruState> {
  const { inputSize, hiddenSize, outputSize = hiddenSize } = options;
  const { rMin = 0, rMax = 1, maxPhase = 2 * Math.PI } = options;
  const name = 'lru';
  expectSizes(name, { inputSize, hiddenSize, outputSize });
  if (!(rMin >= 0 && rMin < 1)) throw new OptionError(`${name}: rMin: expected from 0 to below 1, got ${rMin}.`);
  if (!(rMax > 0 && rMax >= rMin && rMax <= 1)) {
    throw new OptionError(`${name}: rMax: expected above 0, from rMin=${rMin} to 1, got ${rMax}.`);
  }
  if (!(maxPhase > 0)) throw new OptionError(`${name}: maxPhase: expected a number above 0, got ${maxPhase}.`);

  const eigenvalues = ({ nu, theta }: LruParams): Complex<Tensor1D> => {
    const [modulus, phase] = [exp(neg(exp(nu))), exp(theta)];
    return { real: mul(modulus, cos(phase)), imag: mul(modulus, sin(phase)) };
  };
  /** exp(gamma)∘(x·B), for rows of inputs. */
  const driven = ({ kernel, gamma }: LruParams, x: Tensor2D): Complex<Tensor2D> => {
    const [real, imag] = split(matMul(x, kernel), 2, 1) as [Tensor2D, Tensor2D];
    const scale = exp(gamma);
    return { real: mul(real, scale), imag: mul(imag, scale) };
  };
  const read = ({ outputKernel, skipKernel }: LruParams, h: Complex<Tensor2D>, x: Tensor2D): Tensor2D =>
    add(matMul(concat([h.real, h.imag], 1), outputKernel), matMul(x, skipKernel));

  /**
   * |λ|², uniform between the squares of the radii: the same numbers in each call. The ends, where a logarithm is
   * infinite, are left out.
   */
  const squares = (rng: Rng, of: (square: number) => number): Tensor1D =>
    rng.fork('radius').tensor([hiddenSize], (r) => of(rMin ** 2 + (rMax ** 2 - rMin ** 2) * inside(r))) as Tensor1D;

  return {
    name,
    inputSize,
    outputSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, outputSize, rMin, rMax, maxPhase }],
    },
    init: (rng) => ({
      nu: squares(rng, (square) => naturalLog(-naturalLog(square) / 2)),
      theta: rng.fork('theta').tensor([hiddenSize], (r) => naturalLog(maxPhase * inside(r))) as Tensor1D,
      gamma: squares(rng, (square) => naturalLog(1 - square) / 2),
      kernel: normal(rng.fork('kernel'), [inputSize, 2 * hiddenSize], 1 / Math.sqrt(2 * inputSize)),
      outputKernel: normal(rng.fork('outputKernel'), [2 * hiddenSize, outputSize], 1 / Math.sqrt(hiddenSize)),
      skipKernel: normal(rng.fork('skipKernel'), [inputSize, outputSize], 1 / Math.sqrt(inputSize)),
    }),
    initialState: (batchSize) => ({ real: zeros([batchSize, hiddenSize]), imag: zeros([batchSize, hiddenSize]) }),
    step(params, h, input) {
      expectShape(name, 'input', input, { batch: h.real.shape[0], inputSize });
      return tree.tidy(() => {
        const [lambda, b] = [eigenvalues(params), driven(params, input)];
        const next = {
          real: add(sub(mul(h.real, lambda.real), mul(h.imag, lambda.imag)), b.real) as Frame,
          imag: add(add(mul(h.real, lambda.imag), mul(h.imag, lambda.real)), b.imag) as Frame,
        };
        return { output: read(params, next, input), state: next };
      });
    },
    scan: (params, h, inputs, { mask, reverse }) =>
      tree.tidy(() => {
        const x = rowsOf(inputs);
        const { real, imag } = driven(params, x);
        const b = { real: framesOf(real, inputs.shape), imag: framesOf(imag, inputs.shape) };
        const { outputs, h: last } = linearScan({ a: eigenvalues(params), b, h, mask, reverse });
        const y = read(params, { real: rowsOf(outputs.real), imag: rowsOf(outputs.imag) }, x);
        return { outputs: masked(framesOf(y, inputs.shape), mask), state: last };
      }),
  };
}

/** Uniform between 0 and 1, without a millionth at either end. */
const inside = (rng: Rng): number => rng.uniform(1e-6, 1 - 1e-6);
