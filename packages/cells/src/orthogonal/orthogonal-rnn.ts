import { type Cell, expectShape, expectSizes, type Frame, OptionError, tree } from '@elman/core';
import { glorotUniform, normal } from '@elman/nn';
import {
  add,
  div,
  eye,
  matMul,
  mul,
  split,
  square,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { activationOf } from '../activation.ts';
import { modreluFactor } from './modrelu.ts';

/** Sizes and activation of an orthogonal RNN. */
export type OrthogonalRnnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Of which the recurrent matrix is the product: 1 to hiddenSize; default 16, or hiddenSize if that is less. */
  readonly reflections?: number | undefined;
  /** Default modrelu. */
  readonly activation?: 'modrelu' | 'tanh' | 'relu' | 'linear' | undefined;
};

/** kernel [inputSize, hiddenSize], reflections [reflections, hiddenSize], bias [hiddenSize]. */
export type OrthogonalRnnParams = {
  readonly kernel: Tensor2D;
  readonly reflections: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type OrthogonalRnnState = { readonly h: Frame };

/**
 * Simple recurrent network whose recurrent matrix is orthogonal whatever its parameters: a product of Householder reflections.
 *
 *   W = H(v₁)·H(v₂)⋯H(vₖ)             H(v) = I − 2·vᵀ·v / |v|², v the rows of reflections
 *   z = x·kernel + h·W
 *   h' = f(z)                         output = h'
 *
 *   f(z) = modReLU(z, bias)           sign(z)·relu(|z| + bias), see `unitaryRnn`; or tanh, relu or linear of z + bias
 *
 * hiddenSize reflections can be every orthogonal matrix of their determinant, (−1)ᵏ; fewer take less time. Compiled, the matrix is
 * computed once a sequence. With modrelu at first (bias 0) and with linear, neither states nor gradients grow or vanish.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernel Glorot uniform, reflections normal, bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, reflections are more than hiddenSize, or the activation is none
 *         of these.
 * @see Mhammedi, Hellicar, Rahman & Bailey 2017; modReLU: Arjovsky, Shah & Bengio 2016; real: Helfrich, Willmott & Ye 2018
 */
export function orthogonalRnn(options: OrthogonalRnnOptions): Cell<OrthogonalRnnParams, OrthogonalRnnState> {
  const { inputSize, hiddenSize, reflections = Math.min(hiddenSize, 16), activation = 'modrelu' } = options;
  const name = 'orthogonalRnn';
  expectSizes(name, { inputSize, hiddenSize, reflections });
  if (reflections > hiddenSize) {
    throw new OptionError(`${name}: reflections: expected at most hiddenSize=${hiddenSize}, got ${reflections}.`);
  }
  const isModrelu = activation === 'modrelu';
  const activate = activationOf(name, 'activation', isModrelu ? 'linear' : activation, ['tanh', 'relu', 'linear']);
  const given = { inputSize, hiddenSize, reflections, activation };
  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [given] },
    init: (rng) => ({
      kernel: glorotUniform(rng.fork('kernel'), [inputSize, hiddenSize]),
      reflections: normal(rng.fork('reflections'), [reflections, hiddenSize]),
      bias: zeros([hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step(params, { h }, input) {
      expectShape(name, 'input', input, { batch: h.shape[0], inputSize });
      return tree.tidy(() => {
        const { kernel, bias } = params;
        const z: Frame = add(matMul(input, kernel), matMul(h, product(params.reflections)));
        const next: Frame = isModrelu ? mul(z, modreluFactor(square(z), bias)) : activate(add(z, bias));
        return { output: next, state: { h: next } };
      });
    },
  };
}

/** The product of the Householder reflections of these rows, in their order. */
function product(rows: Tensor2D): Tensor2D {
  const [count, size] = rows.shape;
  const halves: Tensor2D = mul(sum(square(rows), 1, true), 0.5);
  const vectors = split(rows, count, 0);
  const scaled = split(div<Tensor2D>(rows, halves), count, 0);
  return vectors.reduce<Tensor2D>(
    (matrix, v, at) => sub(matrix, matMul(matMul(matrix, v, false, true), scaled[at] as Tensor2D)),
    eye(size),
  );
}
