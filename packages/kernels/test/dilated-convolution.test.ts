import { Rng } from '@elman/core';
import { checkGradient, countTensors } from '@elman/testkit';
import {
  getBackend,
  grad,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type DilatedConvolution, dilatedConvolution } from '../src/index.ts';

const isHost = getBackend() === 'wasm' || getBackend() === 'cpu';
const rng = Rng.seeded('dilated convolution');
const random = (...shape: number[]): Tensor => rng.fork(shape.join()).tensor(shape, (r) => r.normal());

const operands = (
  length: number,
  from: number,
  to: number,
  kernelSize: number,
  dilation: number,
): DilatedConvolution => ({
  x: random(length + (kernelSize - 1) * dilation, from) as Tensor2D,
  kernel: random(kernelSize, from, to) as Tensor3D,
  bias: random(to) as Tensor1D,
  dilation,
});

/** In float64, number by number. */
async function exact({ x, kernel, bias, dilation }: DilatedConvolution): Promise<number[]> {
  const [inputs, weights, biases] = await Promise.all([x.data(), kernel.data(), bias.data()]);
  const [taps, from, to] = kernel.shape;
  const length = x.shape[0] - (taps - 1) * dilation;
  return Array.from({ length: length * to }, (_, at) => {
    const [row, column] = [Math.floor(at / to), at % to];
    let total = biases[column] as number;
    for (let k = 0; k < taps; k++) {
      for (let i = 0; i < from; i++) {
        total +=
          (inputs[(row + k * dilation) * from + i] as number) * (weights[(k * from + i) * to + column] as number);
      }
    }
    return total;
  });
}

const all = [
  [1, 1, 1, 1, 1],
  [5, 3, 4, 2, 1],
  [5, 3, 4, 2, 3],
  [3, 2, 9, 3, 7],
  [17, 8, 8, 3, 2],
  [40, 16, 5, 8, 4],
  [1100, 10, 24, 3, 13],
] as const;

it.each(isHost ? all : all.slice(0, 4))(
  '%i rows, %i to %i numbers, %i taps, dilation %i: equals float64',
  async (...sizes) => {
    const given = operands(...sizes);
    const y = dilatedConvolution(given);
    expect(y.shape).toEqual([sizes[0], sizes[2]]);
    const [found, wanted] = [await y.data(), await exact(given)];
    const error = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i] as number))), 0);
    expect(error).toBeLessThan(1e-4);
  },
);

it.each([
  [5, 3, 4, 2, 1],
  [3, 2, 9, 3, 2],
  [4, 8, 8, 2, 3],
])('%i rows, %i to %i numbers, %i taps, dilation %i: gradients', async (...given: number[]) => {
  const sizes = given as [number, number, number, number, number];
  const { dilation, ...tensors } = operands(...sizes);
  const weights = random(sizes[0], sizes[2]);
  const loss = (of: typeof tensors): Scalar => sum(mul(weights, square(dilatedConvolution({ ...of, dilation }))));
  await checkGradient(loss, tensors);
});

it('has gradients of gradients', async () => {
  const { dilation, x, kernel, bias } = operands(3, 2, 3, 2, 2);
  const twice =
    (f: (v: Tensor) => Tensor) =>
    (v: Tensor): Scalar =>
      sum(square(grad((u: Tensor) => sum(square(f(u))))(v)));
  await checkGradient(
    twice((v) => dilatedConvolution({ x: v as Tensor2D, kernel, bias, dilation })),
    x,
  );
  await checkGradient(
    twice((v) => dilatedConvolution({ x, kernel: v as Tensor3D, bias, dilation })),
    kernel,
  );
});

it('leaks nothing', () => {
  const given = operands(4, 2, 3, 2, 2);
  const gradients = (): void => {
    tidy(() => {
      grad((x: Tensor) => sum(dilatedConvolution({ ...given, x: x as Tensor2D })))(given.x);
    });
  };
  gradients();
  expect(countTensors(gradients)).toBe(0);
});

it('refuses what does not fit', () => {
  const { x, kernel, bias } = operands(4, 2, 3, 3, 2);
  expect(() => dilatedConvolution({ x, kernel, bias, dilation: 4 })).toThrow(
    'dilatedConvolution: expected x [more than 8, 2] and bias [3], those of kernel [3, 2, 3], got [8, 2] and [3].',
  );
  expect(() => dilatedConvolution({ x, kernel: random(3, 3, 3) as Tensor3D, bias, dilation: 1 })).toThrow(
    'more than 2, 3',
  );
});
