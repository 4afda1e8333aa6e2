import { Rng } from '@elman/core';
import { checkGradient, countTensors } from '@elman/testkit';
import {
  fill,
  getBackend,
  grad,
  memory,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { affine } from '../src/index.ts';

const isHost = getBackend() === 'wasm' || getBackend() === 'cpu';
const rng = Rng.seeded('affine');
const random = (...shape: number[]): Tensor => rng.tensor(shape, (r) => r.normal());
const read = async (x: Tensor): Promise<number[]> => [...(await x.data())];

/** In float64, row by row. */
function exact(x: number[], kernel: number[], bias: number[], depth: number): number[] {
  const columns = bias.length;
  return Array.from({ length: (x.length / depth) * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let total = bias[column] as number;
    for (let k = 0; k < depth; k++) total += (x[row * depth + k] as number) * (kernel[k * columns + column] as number);
    return total;
  });
}

describe('affine', () => {
  const sizes = [1, 3, 7, 8, 17, 64, 65];
  const shapes = sizes.flatMap((rows, i) =>
    sizes.map((depth, j) => [rows, depth, sizes[(3 * i + 2 * j + 1) % sizes.length] as number] as const),
  );
  // A GPU that is emulated in software is slow.
  it.each(isHost ? [...shapes, [5, 600, 1100] as const] : shapes.slice(0, 9))(
    'equals float64, [%i, %i] to %i columns',
    async (rows, depth, columns) => {
      const [x, kernel, bias] = [random(rows, depth), random(depth, columns), random(columns)];
      const wanted = exact(await read(x), await read(kernel), await read(bias), depth);
      const given = { x, kernel: kernel as Tensor2D, bias: bias as Tensor1D };
      const turned = { ...given, kernel: transpose(given.kernel), transposed: true };
      for (const y of [affine(given), affine(turned)]) {
        const found = await read(y);
        const error = found.reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted[i] as number))), 0);
        expect(error).toBeLessThan(2e-6 * depth + 2e-5);
        expect(y.shape).toEqual([rows, columns]);
      }
    },
  );

  it.each([[[3]], [[2, 3]], [[2, 4, 3]], [[2, 1, 2, 3]], [[0, 3]]])('maps the last axis of %j', async (shape) => {
    const [x, kernel, bias] = [random(...shape), random(3, 5), random(5)];
    const y = affine({ x, kernel: kernel as Tensor2D, bias: bias as Tensor1D });
    expect(y.shape).toEqual([...shape.slice(0, -1), 5]);
    const wanted = exact(await read(x), await read(kernel), await read(bias), 3);
    for (const [i, value] of (await read(y)).entries()) expect(value).toBeCloseTo(wanted[i] as number, 4);
  });

  it.runIf(isHost)('is the bias where the inputs are empty, on cpu and wasm', async () => {
    const given = { x: tensor([], [2, 0]), kernel: tensor([], [0, 3]) as Tensor2D, bias: random(3) as Tensor1D };
    const bias = await read(given.bias);
    expect(await read(affine(given))).toEqual([...bias, ...bias]);
  });

  it.each([
    [[4, 3], false],
    [[2, 4, 3], false],
    [[2, 4, 3], true],
    [[3], true],
  ] as const)('has the gradients of finite differences, x %j, transposed %j', async (shape, transposed) => {
    const kernel = transposed ? random(5, 3) : random(3, 5);
    await checkGradient((given) => affine({ ...given, transposed }), {
      x: random(...shape),
      kernel: kernel as Tensor2D,
      bias: random(5) as Tensor1D,
    });
  });

  it('has a second-order gradient', async () => {
    const [x, kernel, bias] = [random(3, 2), random(2, 4) as Tensor2D, random(4) as Tensor1D];
    const slope = (given: Tensor): Tensor => grad((z) => sum(square(affine({ x: z, kernel, bias }))) as Scalar)(given);
    // The gradient of Σ v·∂/∂x |x·W + b|² is 2·(v·W)·Wᵀ.
    const v = random(3, 2);
    const found = await read(grad((given) => sum(mul(slope(given), v)) as Scalar)(x));
    const product = affine({ x: v, kernel, bias: fill([4], 0) as Tensor1D });
    const back = affine({ x: product, kernel, bias: fill([2], 0) as Tensor1D, transposed: true });
    for (const [i, value] of (await read(back)).entries()) expect(found[i]).toBeCloseTo(2 * value, 4);
  });

  it.runIf(isHost)('propagates NaN and infinities, on cpu and wasm', async () => {
    const x = tensor([Number.NaN, 0, 0, Number.POSITIVE_INFINITY], [2, 2]);
    const y = affine({ x, kernel: tensor([1, 2, 3, 4], [2, 2]) as Tensor2D, bias: tensor([0, 0]) as Tensor1D });
    expect(await read(y)).toEqual([Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it.runIf(isHost)('writes only its result, on cpu and wasm', async () => {
    for (const [rows, depth, columns] of [
      [1, 3, 5],
      [6, 9, 11],
      [13, 1, 3],
      [2, 65, 33],
      [7, 300, 41],
    ] as const) {
      const [x, kernel, bias] = [random(rows, depth), random(depth, columns) as Tensor2D, random(columns) as Tensor1D];
      const before = fill([9], 7);
      const y = affine({ x, kernel, bias });
      const after = fill([9], 7);
      const again = affine({ x, kernel, bias });
      expect([...(await read(before)), ...(await read(after))]).toEqual(Array(18).fill(7));
      expect(await read(again)).toEqual(await read(y));
    }
  });

  it.runIf(isHost)('a thousand take no more memory than one, on cpu and wasm', () => {
    const [x, kernel, bias] = [random(9, 20), random(20, 13) as Tensor2D, random(13) as Tensor1D];
    const once = (): void => tidy(() => void grad((z) => sum(affine({ x: z, kernel, bias })) as Scalar)(x));
    once();
    const bytes = memory().numBytes;
    const made = countTensors(() => {
      for (let i = 0; i < 1000; i++) once();
    });
    expect(made).toBe(0);
    expect(memory().numBytes).toBe(bytes);
  });
});
