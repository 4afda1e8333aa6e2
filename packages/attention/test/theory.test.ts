import { Rng, type Source } from '@elman/core';
import { fill, ones, tensor1d, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  localAttention,
  locationAwareAttention,
  monotonicAttention,
  multiHeadAttention,
  multiplicativeAttention,
} from '../src/index.ts';

const close = async (tensor: { data(): Promise<ArrayLike<number>> }, wanted: readonly number[]) => {
  const found = await tensor.data();
  wanted.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 4);
  });
};

it('a query attends to the frame equal to it', async () => {
  const attention = multiplicativeAttention({ querySize: 3, memorySize: 3, score: 'dot' });
  const memory = tensor3d([
    [
      [40, 0, 0],
      [0, 40, 0],
      [0, 0, 40],
    ],
  ]);
  const source: Source = { memory, keys: attention.keys({}, memory) };
  const { context, weights } = attention.attend({}, tensor2d([[0, 1, 0]]), source, zeros([1, 3]));
  await close(weights, [0, 1, 0]);
  await close(context, [0, 40, 0]);
});

it('monotonic attention stops with the probabilities of a walk that only moves forward', async () => {
  const attention = monotonicAttention({ querySize: 1, memorySize: 1, size: 1 });
  // Scores whose sigmoids are these, for any query.
  const stops = [0.2, 0.5, 0.9, 0.4];
  const logits = stops.map((p) => Math.log(p / (1 - p)));
  const params = {
    queryKernel: zeros([1, 1]) as never,
    memoryKernel: zeros([1, 1]) as never,
    bias: tensor1d([0]),
    scoreKernel: fill([1, 1], 10) as never,
    scoreBias: tensor1d([0]),
  };
  const memory = ones([1, 4, 1]) as never;
  const keys = tensor3d([logits.map((z) => [Math.atanh(z / 10)])]);
  const source: Source = { memory, keys };
  let where = attention.initialWeights?.(source) as NonNullable<
    ReturnType<NonNullable<typeof attention.initialWeights>>
  >;
  let expected = [1, 0, 0, 0];
  for (let step = 0; step < 3; step++) {
    where = attention.attend(params, zeros([1, 1]), source, where).weights;
    const next = [0, 0, 0, 0];
    expected.forEach((standing, i) => {
      let going = standing;
      for (let j = i; j < 4; j++) {
        next[j] = (next[j] as number) + going * (stops[j] as number);
        going *= 1 - (stops[j] as number);
      }
    });
    expected = next;
    await close(where, expected);
  }
});

it('location-aware attention can move by one frame at each step, for any memory', async () => {
  const attention = locationAwareAttention({ querySize: 1, memorySize: 1, size: 1, width: 3, filters: 1 });
  const params = {
    queryKernel: zeros([1, 1]) as never,
    memoryKernel: zeros([1, 1]) as never,
    bias: tensor1d([0]),
    scoreKernel: fill([1, 1], 100) as never,
    // The frame whose left neighbour had the weight.
    filterKernel: tensor2d([[1], [0], [0]]),
    placeKernel: tensor2d([[1]]),
  };
  const memory = zeros([1, 4, 1]) as never;
  const source: Source = { memory, keys: attention.keys(params, memory) };
  let weights = tensor2d([[1, 0, 0, 0]]);
  for (const wanted of [
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ]) {
    weights = attention.attend(params, zeros([1, 1]), source, weights).weights;
    await close(weights, wanted);
  }
});

it('local attention is a Gaussian around the predicted position, and 0 beyond the window', async () => {
  const inside = multiplicativeAttention({ querySize: 1, memorySize: 1 });
  const attention = localAttention(inside, { radius: 2 });
  const params = {
    attention: { kernel: zeros([1, 1]) as never },
    kernel: zeros([1, 1]) as never,
    scoreKernel: zeros([1, 1]) as never,
  };
  const memory = ones([1, 9, 1]) as never;
  const source: Source = {
    memory,
    keys: attention.keys(params, memory),
    mask: tensor2d([[1, 1, 1, 1, 1, 1, 1, 0, 0]]),
  };
  const { weights } = attention.attend(params, zeros([1, 1]), source, zeros([1, 9]));
  // The centre is (7 − 1)/2 = 3; five frames have 1/5 each, times exp(−d²/2).
  const bell = [0, 1, 2, 3, 4, 5, 6].map((j) => (Math.abs(j - 3) <= 2 ? Math.exp(-((j - 3) ** 2) / 2) / 5 : 0));
  await close(weights, [...bell, 0, 0]);
});

it('one head is scaled dot-product attention of the projections', async () => {
  const attention = multiHeadAttention({ querySize: 2, memorySize: 2, size: 2, heads: 1 });
  const eye = tensor2d([
    [1, 0],
    [0, 1],
  ]);
  const params = {
    ...attention.init(Rng.seeded(1)),
    queryKernel: eye,
    keyKernel: eye,
    valueKernel: eye,
    contextKernel: eye,
  };
  const memory = tensor3d([
    [
      [1, 2],
      [3, -1],
    ],
  ]);
  const source: Source = { memory, keys: attention.keys(params, memory) };
  const { context, weights } = attention.attend(params, tensor2d([[0.5, 1]]), source, zeros([1, 2]));
  const [a, b] = [2.5 / Math.SQRT2, 0.5 / Math.SQRT2].map(Math.exp) as [number, number];
  const w = a / (a + b);
  await close(weights, [w, 1 - w]);
  await close(context, [w + 3 * (1 - w), 2 * w - (1 - w)]);
});
