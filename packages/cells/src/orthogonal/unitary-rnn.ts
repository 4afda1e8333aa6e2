import { type Cell, expectShape, expectSizes, type Frame, OptionError, Rng, tree } from '@elman/core';
import { glorotUniform, uniform } from '@elman/nn';
import {
  add,
  concat,
  matMul,
  mul,
  neg,
  split,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { type Complex, phases, reflect, squares, times, timesEach } from './complex.ts';
import { modreluFactor } from './modrelu.ts';

/** Sizes of a unitary RNN. */
export type UnitaryRnnOptions = {
  readonly inputSize: number;
  /** Complex numbers; the output has twice as many real ones. */
  readonly hiddenSize: number;
  /** Of the fixed random permutation; default 0. */
  readonly permutationSeed?: number | undefined;
};

/**
 * kernel [inputSize, 2·hiddenSize], columns of real parts before those of imaginary parts; diagonals [3, hiddenSize] and reflections
 * [2, hiddenSize], complex; bias [hiddenSize].
 */
export type UnitaryRnnParams = {
  readonly kernel: Tensor2D;
  readonly diagonals: Complex;
  readonly reflections: Complex;
  readonly bias: Tensor1D;
};

/** A complex vector, [batch, hiddenSize]: its real and imaginary parts. */
export type UnitaryRnnState = { readonly real: Frame; readonly imaginary: Frame };

/**
 * Unitary evolution RNN: complex, and its recurrent matrix is unitary whatever its parameters.
 *
 *   W = D₃·R₂·F⁻¹·D₂·Π·R₁·F·D₁
 *   z = W·h + V·x
 *   h' = z·relu(|z| + bias) / |z|               modReLU; output = [real parts of h', imaginary parts of h']
 *
 * Dⱼ = diag(d/|d|), d the rows of diagonals; Rⱼ = I − 2·r·r* / |r|², r the rows of reflections; F the discrete Fourier transform,
 * over √hiddenSize; (Π·v)ᵢ = v at π(i), π = Rng.seeded(permutationSeed).permutation(hiddenSize). The paper's parameters of D
 * are the angles of d. |z| is √(z·z* + 1e-5), so that gradients exist at 0. Compiled, W is computed once a sequence.
 *
 * Shapes: x [batch, inputSize]; output [batch, 2·hiddenSize].
 * Init:   kernel Glorot uniform; angles uniform; reflections uniform ±1; bias 0, at which modReLU is linear. The paper's initial state
 *         is learned: `learnedInitialState`.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, or the seed is not a whole number.
 * @see Arjovsky, Shah & Bengio 2016, "Unitary evolution recurrent neural networks"
 */
export function unitaryRnn(options: UnitaryRnnOptions): Cell<UnitaryRnnParams, UnitaryRnnState> {
  const { inputSize, hiddenSize, permutationSeed = 0 } = options;
  const name = 'unitaryRnn';
  expectSizes(name, { inputSize, hiddenSize });
  if (!Number.isSafeInteger(permutationSeed)) {
    throw new OptionError(`${name}: permutationSeed: expected a whole number, got ${permutationSeed}.`);
  }
  const constants = constantsOf(hiddenSize, permutationSeed);
  const given = { inputSize, hiddenSize, ...(options.permutationSeed !== undefined && { permutationSeed }) };
  return {
    name,
    inputSize,
    outputSize: 2 * hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [given] },
    init: (rng) => ({
      kernel: glorotUniform(rng.fork('kernel'), [inputSize, 2 * hiddenSize]),
      diagonals: onCircle(rng.fork('diagonals'), [3, hiddenSize]),
      reflections: {
        real: uniform(rng.fork('reflections').fork('real'), [2, hiddenSize], 1),
        imaginary: uniform(rng.fork('reflections').fork('imaginary'), [2, hiddenSize], 1),
      },
      bias: zeros([hiddenSize]),
    }),
    initialState: (batchSize) => ({
      real: zeros([batchSize, hiddenSize]),
      imaginary: zeros([batchSize, hiddenSize]),
    }),
    step(params, { real, imaginary }, input) {
      expectShape(name, 'input', input, { batch: real.shape[0], inputSize });
      return tree.tidy(() => {
        const h = concat([real, imaginary], 1);
        const z = add(matMul(input, params.kernel), matMul(h, unitary(params, constants())));
        const [zReal, zImaginary] = split(z, 2, 1) as [Frame, Frame];
        const factor = modreluFactor(squares({ real: zReal, imaginary: zImaginary }), params.bias);
        const state = { real: mul<Frame>(zReal, factor), imaginary: mul<Frame>(zImaginary, factor) };
        return { output: concat([state.real, state.imaginary], 1), state };
      });
    },
  };
}

type Constants = { readonly fourier: Complex; readonly permutation: Tensor2D };

/** The Fourier transform and the permutation, for rows: v·fourier, v·permutation. */
function constantsOf(size: number, seed: number): () => Constants {
  const order = Rng.seeded(seed).permutation(size);
  const filled = (value: (row: number, column: number) => number): (() => Tensor2D) => {
    const values = Float32Array.from({ length: size * size }, (_, i) => value(Math.floor(i / size), i % size));
    return () => tensor2d(values, [size, size]);
  };
  const angle = (j: number, k: number): number => (2 * Math.PI * ((j * k) % size)) / size;
  const cosines = filled((j, k) => Math.cos(angle(j, k)) / Math.sqrt(size));
  const sines = filled((j, k) => -Math.sin(angle(j, k)) / Math.sqrt(size));
  const permutation = filled((row, column) => (order[column] === row ? 1 : 0));
  return () => ({ fourier: { real: cosines(), imaginary: sines() }, permutation: permutation() });
}

/** Wᵀ for rows [real, imaginary]: [2·hiddenSize, 2·hiddenSize]. */
function unitary({ diagonals, reflections }: UnitaryRnnParams, { fourier, permutation }: Constants): Tensor2D {
  const [d1, d2, d3] = rowsOf(phases(diagonals)) as [Complex, Complex, Complex];
  const [r1, r2] = rowsOf(reflections) as [Complex, Complex];
  const inverse = { real: fourier.real, imaginary: neg(fourier.imaginary) };
  const column = { real: transpose<Tensor2D>(d1.real), imaginary: transpose<Tensor2D>(d1.imaginary) };
  const first = reflect(timesEach(column, fourier), r1);
  const permuted: Complex = {
    real: matMul(first.real, permutation),
    imaginary: matMul(first.imaginary, permutation),
  };
  const { real, imaginary } = timesEach(reflect(times(timesEach(permuted, d2), inverse), r2), d3);
  return concat([concat([real, imaginary], 1), concat([neg(imaginary), real], 1)], 0);
}

function rowsOf({ real, imaginary }: Complex): Complex[] {
  const count = real.shape[0];
  const imaginaries = split(imaginary, count, 0);
  const reals = split<Tensor2D>(real, count, 0);
  return reals.map((row, at) => ({ real: row, imaginary: imaginaries[at] as Tensor2D }));
}

/** Uniform on the unit circle. */
function onCircle(rng: Rng, shape: readonly [number, number]): Complex {
  const points = Array.from({ length: shape[0] * shape[1] }, () => {
    const [a, b] = [rng.normal(), rng.normal()];
    const radius = Math.sqrt(a * a + b * b);
    return [a / radius, b / radius] as const;
  });
  const part = (of: 0 | 1) =>
    tensor2d(
      Float32Array.from(points, (point) => point[of]),
      [...shape],
    );
  return { real: part(0), imaginary: part(1) };
}
