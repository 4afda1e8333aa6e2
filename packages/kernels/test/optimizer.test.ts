import { Rng, tree } from '@elman/core';
import { engine, getBackend, grads, memory, sum, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adamOfAll, addScaledToAll, clipNormOfAll, normOfAll } from '../src/index.ts';
import { javascriptOptimizer } from '../src/javascript-optimizer.ts';
import type { AdamLeaf, AdamNumbers, OptimizerEngine } from '../src/optimizer-engine.ts';
import { heapOf } from '../src/simd/heap.ts';
import { simdOptimizer } from '../src/simd/optimizer.ts';
import { storages } from '../src/storage.ts';

const runsHere = ['cpu', 'wasm'].includes(getBackend());

const random = (rng: Rng, shape: number[], scale = 1): Tensor => rng.tensor(shape, (r) => scale * r.normal());
const squares = (rng: Rng, shape: number[]): Tensor => rng.tensor(shape, (r) => r.normal() ** 2);
const numbersOf = async (x: Tensor): Promise<number[]> => [...(await x.data())];

function leafOf(rng: Rng, shape: number[], options: { amsgrad?: boolean; decay?: number } = {}): AdamLeaf<Tensor> {
  return {
    gradient: random(rng, shape),
    mean: random(rng, shape, 5),
    meanSquare: squares(rng, shape),
    largest: options.amsgrad ? squares(rng, shape) : undefined,
    parameter: random(rng, shape),
    decay: options.decay ?? 0,
  };
}

/** Every number to within rounding relative to its size or to 1, as sums may cancel. */
async function expectNear(got: Tensor | undefined, wanted: readonly number[], where: string): Promise<void> {
  const numbers = await numbersOf(got as Tensor);
  const error = wanted.map((x, i) => Math.abs(x - (numbers[i] as number)) / (Math.abs(x) + 1));
  expect(numbers.length, where).toBe(wanted.length);
  expect(Math.max(0, ...error.map((e) => (Number.isNaN(e) ? 1 : e))), where).toBeLessThan(1e-6);
}

/** Adam by its equations, in float64. */
async function expectAdam(leaf: AdamLeaf<Tensor>, numbers: AdamNumbers, got: ReturnType<typeof adamOfAll>) {
  const { gradient, mean, meanSquare, largest, parameter, decay } = leaf;
  const [g, m, v, p] = await Promise.all([gradient, mean, meanSquare, parameter].map(numbersOf));
  const nextMean = m?.map((x, i) => numbers.beta1 * x + (g?.[i] as number)) as number[];
  const nextSquare = v?.map((x, i) => numbers.beta2 * x + (g?.[i] as number) ** 2) as number[];
  const before = largest && (await numbersOf(largest));
  const most = nextSquare.map((x, i) => Math.max(x, before?.[i] ?? 0));
  const step = (x: number, i: number): number => (numbers.rate * x) / (Math.sqrt(most[i] as number) + numbers.epsilon);
  const [next] = got ?? [];
  await expectNear(next?.mean, nextMean, 'mean');
  await expectNear(next?.meanSquare, nextSquare, 'meanSquare');
  if (largest === undefined) expect(next?.largest).toBe(undefined);
  else await expectNear(next?.largest, most, 'largest');
  const updates = nextMean.map((x, i) => step(x, i) - decay * (p?.[i] as number));
  await expectNear(next?.update, updates, 'update');
}

const numbers: AdamNumbers = { beta1: 0.9, beta2: 0.999, epsilon: 1e-3, rate: -0.7 };
const shapes = [[1], [2], [3], [4], [7], [17], [65], [3, 5, 7], [0]];

describe.runIf(runsHere)('optimizers as one op (on cpu and wasm, which have them)', () => {
  it.each([{}, { amsgrad: true }, { decay: 0.1 }, { amsgrad: true, decay: 0.1 }])(
    'adamOfAll is Adam: %o',
    async (options) => {
      for (const shape of shapes) {
        const leaf = leafOf(Rng.seeded(String(shape)), shape, options);
        await expectAdam(leaf, numbers, adamOfAll([leaf], numbers));
      }
    },
  );

  it('updates many leaves as it does each alone', async () => {
    const leaves = shapes.map((shape, i) => leafOf(Rng.seeded(i), shape, { decay: i % 2 }));
    const all = adamOfAll(leaves, numbers) ?? [];
    expect(all.length).toBe(leaves.length);
    for (const [i, leaf] of leaves.entries()) {
      const [alone] = adamOfAll([leaf], numbers) ?? [];
      for (const name of ['update', 'mean', 'meanSquare'] as const) {
        expect(await numbersOf(all[i]?.[name] as Tensor)).toEqual(await numbersOf(alone?.[name] as Tensor));
      }
    }
  });

  it('adds, scales and takes the norm', async () => {
    for (const shape of shapes) {
      const rng = Rng.seeded(String(shape));
      const [x, y] = [random(rng, shape), random(rng, shape)];
      const [xs, ys] = [await numbersOf(x), await numbersOf(y)];
      const norm = Math.hypot(...xs, ...ys);
      const [added] = addScaledToAll([[x, y]], 0.3) ?? [];
      const sums = xs.map((value, i) => value + 0.3 * (ys[i] as number));
      await expectNear(added, sums, 'added');
      await expectNear(normOfAll([x, y]), [norm], 'norm');
      const clipped = clipNormOfAll([x, y], 0.1) ?? [];
      const factor = Math.min(1, 0.1 / norm);
      await expectNear(
        clipped[1],
        ys.map((value) => value * factor),
        'clipped',
      );
    }
  });

  it('takes the norm of ten million numbers, and of numbers whose squares overflow float32', async () => {
    const count = 10_000_003;
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = 1 + (i % 1000) / 1000;
    let exact = 0;
    for (const value of values) exact += value * value;
    const many = tensor(values);
    await expectNear(normOfAll([many]), [Math.sqrt(exact)], 'many');
    many.dispose();
    const large = tensor([3e25, 0, 0, 0, 4e25]);
    expect((await numbersOf(normOfAll([large]) as Tensor))[0]).toBeCloseTo(5e25, -20);
  });

  it('shares tensors that need no clipping, and propagates NaN', async () => {
    const x = tensor([3, 4, 0]);
    const held = engine().backend.numDataIds();
    const [shared] = clipNormOfAll([x], 5) ?? [];
    expect(engine().backend.numDataIds()).toBe(held);
    x.dispose();
    expect(await numbersOf(shared as Tensor)).toEqual([3, 4, 0]);
    shared?.dispose();
    expect(engine().backend.numDataIds()).toBe(held - 1);
    const [bad] = clipNormOfAll([tensor([1, Number.NaN, 3])], 5) ?? [];
    expect(await numbersOf(bad as Tensor)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('flushes tiny moments to 0', async () => {
    const tiny = { gradient: zeros([5]), mean: tensor(Array(5).fill(1e-30)), meanSquare: tensor(Array(5).fill(1e-37)) };
    const [next] = adamOfAll([{ ...tiny, parameter: zeros([5]), decay: 0 }], numbers) ?? [];
    expect(await numbersOf(next?.mean as Tensor)).toEqual([0, 0, 0, 0, 0]);
    expect(await numbersOf(next?.meanSquare as Tensor)).toEqual([0, 0, 0, 0, 0]);
  });

  it('borrows its arguments, and does not grow over 1,000 calls', async () => {
    const leaf = leafOf(Rng.seeded(1), [9, 5], { amsgrad: true, decay: 0.1 });
    const { decay: _, ...tensors } = leaf;
    const before = await Promise.all(Object.values(tensors).map((x) => numbersOf(x as Tensor)));
    const once = (): void => {
      const [next] = adamOfAll([leaf], numbers) ?? [];
      const clipped = clipNormOfAll([leaf.gradient], 1) ?? [];
      tree.dispose([
        Object.values(next ?? {}) as Tensor[],
        clipped,
        addScaledToAll([[leaf.parameter, leaf.mean]], 1) ?? [],
      ]);
    };
    once();
    const { numTensors, numBytes } = memory();
    const held = engine().backend.numDataIds();
    for (let call = 0; call < 1000; call++) once();
    expect(memory()).toMatchObject({ numTensors, numBytes });
    expect(engine().backend.numDataIds()).toBe(held);
    expect(await Promise.all(Object.values(tensors).map((x) => numbersOf(x as Tensor)))).toEqual(before);
  });

  it('leaves tensors on the tape, of another dtype or of other shapes to the backend', () => {
    const x = tensor([1, 2]);
    const slope = grads((y: Tensor) => {
      expect(normOfAll([y])).toBe(undefined);
      return sum(y);
    });
    slope([x]);
    expect(normOfAll([tensor([1, 2], [2], 'int32')])).toBe(undefined);
    expect(addScaledToAll([[x, tensor([1])]], 1)).toBe(undefined);
    expect(adamOfAll([{ ...leafOf(Rng.seeded(1), [2]), mean: tensor([1]) }], numbers)).toBe(undefined);
  });

  it('is the same in JavaScript and in SIMD', async () => {
    const { backend } = engine();
    const storage = storages[getBackend()]?.(backend) as NonNullable<ReturnType<NonNullable<(typeof storages)['cpu']>>>;
    const heap = getBackend() === 'wasm' ? heapOf(backend) : undefined;
    const engines: OptimizerEngine[] = [javascriptOptimizer(storage)];
    if (heap !== undefined) engines.push(simdOptimizer(heap));
    expect(engines.length).toBe(getBackend() === 'wasm' ? 2 : 1);
    const leaf = leafOf(Rng.seeded(1), [23], { amsgrad: true, decay: 0.1 });
    for (const optimizer of engines) {
      const wrap = (info: object | undefined): Tensor =>
        engine().makeTensorFromTensorInfo(info as Parameters<ReturnType<typeof engine>['makeTensorFromTensorInfo']>[0]);
      const { update, mean, meanSquare, largest } = optimizer.adam(leaf, numbers);
      const next = { update: wrap(update), mean: wrap(mean), meanSquare: wrap(meanSquare), largest: wrap(largest) };
      await expectAdam(leaf, numbers, [next]);
    }
  });
});

it.runIf(!runsHere)(
  'leaves optimizers to the ops of other backends (on webgl and webgpu, which have no such op)',
  () => {
    const x = tensor([1, 2]);
    expect([normOfAll([x]), clipNormOfAll([x], 1), addScaledToAll([[x, x]], 1)]).toEqual(Array(3).fill(undefined));
    expect(adamOfAll([leafOf(Rng.seeded(1), [2])], numbers)).toBe(undefined);
  },
);
