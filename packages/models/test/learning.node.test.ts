import { gru, lstm } from '@elman/cells';
import { type BatchSource, Rng, type Tree, tree } from '@elman/core';
import { pairBatch } from '@elman/data';
import { generate } from '@elman/decoding';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { bidirectional, layer } from '@elman/rnn';
import { disposeTraining, evaluate, type Trainable, train } from '@elman/train';
import { tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { classifier, framePredictor, regressor, tagger, vectorToSequence } from '../src/index.ts';
import { attention } from './reading.ts';

/** Endless batches, each from its own random stream. */
const endless = <B>(seed: string, make: (rng: Rng) => B, batchesPerEpoch = 1000): BatchSource<B> => ({
  batchesPerEpoch,
  batch: (epoch, index) => make(Rng.seeded(seed).fork(epoch).fork(index)),
});

/** Accuracy of a model on new rows after training. */
async function learned<P extends Tree, S extends Tree, B>(
  model: Trainable<P, S, B>,
  make: (rng: Rng) => B,
  options: { readonly updates: number; readonly learningRate?: number; readonly sampling?: number },
) {
  const { updates, learningRate = 0.02, sampling } = options;
  const { params, state } = await train({
    model,
    batches: endless('train', make),
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate })),
    updates,
    seed: 1,
    ...(sampling === undefined ? {} : { sampling: () => sampling }),
  });
  const { loss, metrics } = await evaluate(model, params, endless('test', make, 4));
  const own = tree.clone(params);
  disposeTraining(state);
  return { params: own, loss, metrics };
}

const LENGTHS = [3, 8] as const;

/** 16 rows of 3 to 8 ids from 0 to 3. */
function rows(rng: Rng): { ids: number[][]; mask: number[][]; real: number[][] } {
  const real = Array.from({ length: 16 }, () =>
    Array.from({ length: LENGTHS[0] + rng.integer(LENGTHS[1] - LENGTHS[0] + 1) }, () => rng.integer(4)),
  );
  const full = (row: number[], of: (id: number) => number): number[] =>
    Array.from({ length: LENGTHS[1] }, (_, t) => (t < row.length ? of(row[t] as number) : 0));
  return { ids: real.map((row) => full(row, (id) => id)), mask: real.map((row) => full(row, () => 1)), real };
}

const vocabulary = { vocabSize: 4 };
const cell = (inputSize = 6) => gru({ inputSize, hiddenSize: 10 });

it('a classifier learns whether a 3 occurs, with every pooling', async () => {
  const batch = (rng: Rng) => {
    const { ids, mask, real } = rows(rng);
    const targets = tensor1d(
      real.map((row) => (row.includes(3) ? 1 : 0)),
      'int32',
    );
    return { inputs: tensor2d(ids, undefined, 'int32'), mask: tensor2d(mask), targets };
  };
  const encoder = layer(cell());
  for (const pooling of ['state', 'last', 'mean', 'max', attention(10)] as const) {
    const model = classifier({ encoder, vocabulary, classes: 2, pooling });
    const { params, metrics } = await learned(model, batch, { updates: 120 });
    expect([pooling, metrics.accuracy as number]).toEqual([pooling, expect.closeTo(1, 1)]);
    const [yes, no] = await model.predict(params, [
      [0, 3, 0, 1],
      [0, 1, 2],
    ]);
    expect([yes?.class, no?.class]).toEqual([1, 0]);
  }
}, 60_000);

it('a bidirectional tagger predicts from the next frame, a unidirectional one cannot', async () => {
  const batch = (rng: Rng) => {
    const { ids, mask } = rows(rng);
    const next = ids.map((row) => [...row.slice(1), 0]);
    return {
      inputs: tensor2d(ids, undefined, 'int32'),
      mask: tensor2d(mask),
      targets: tensor2d(next, undefined, 'int32'),
    };
  };
  const both = tagger({ encoder: bidirectional(cell(), cell()), vocabulary, classes: 4 });
  const one = tagger({ encoder: layer(cell()), vocabulary, classes: 4 });
  expect((await learned(both, batch, { updates: 100 })).metrics.accuracy).toBeGreaterThan(0.97);
  expect((await learned(one, batch, { updates: 100 })).metrics.accuracy).toBeLessThan(0.6);
}, 60_000);

it('a regressor learns to count, in total and up to each frame', async () => {
  const encoder = layer(cell());
  const batch = (perFrame: boolean) => (rng: Rng) => {
    const { ids, mask } = rows(rng);
    const counts = ids.map((row, i) => {
      let sum = 0;
      return row.map((id, t) => {
        sum += id === 3 && mask[i]?.[t] === 1 ? 1 : 0;
        return [sum];
      });
    });
    const targets = tensor(perFrame ? counts : counts.map((row) => row.at(-1) as number[]));
    return { inputs: tensor2d(ids, undefined, 'int32'), mask: tensor2d(mask), targets };
  };
  const whole = regressor({ encoder, vocabulary, outputSize: 1 });
  const frames = regressor({ encoder, vocabulary, outputSize: 1, of: 'frame' });
  const found = await learned(whole, batch(false), { updates: 250 });
  expect(found.metrics.absoluteError).toBeLessThan(0.25);
  const [said] = await whole.predict(found.params, [[3, 1, 3, 0, 3]]);
  expect(said?.[0]).toBeCloseTo(3, 0);
  expect((await learned(frames, batch(true), { updates: 250 })).metrics.absoluteError).toBeLessThan(0.25);
}, 60_000);

it('vectorToSequence learns to spell the numbers in a vector', async () => {
  const BOUNDARY = 4;
  const vectorOf = (ids: readonly number[]): number[] =>
    ids.flatMap((id) => [0, 1, 2, 3].map((k) => (k === id ? 1 : 0)));
  const draw = (rng: Rng) => Array.from({ length: 3 }, () => rng.integer(4));
  const batch = (rng: Rng) => {
    const drawn = Array.from({ length: 16 }, () => draw(rng));
    const { sources, sourceMask, ...pairs } = pairBatch(
      drawn.map((target) => ({ source: [0], target })),
      BOUNDARY,
    );
    tree.dispose([sources, sourceMask]);
    return { ...pairs, vectors: tensor2d(drawn.map(vectorOf)) };
  };
  for (const conditioning of ['state', 'both'] as const) {
    const decoder = lstm({ inputSize: conditioning === 'state' ? 6 : 6 + 12, hiddenSize: 16 });
    const model = vectorToSequence({ decoder, vectorSize: 12, vocabulary: { vocabSize: 5 }, conditioning });
    const sampling = conditioning === 'both' ? 0.3 : undefined;
    const { params, metrics } = await learned(model, batch, {
      updates: 250,
      ...(sampling === undefined ? {} : { sampling }),
    });
    expect([conditioning, metrics.accuracy]).toEqual([conditioning, expect.closeTo(1, 1)]);
    const bound = model.bind(params, tensor2d([vectorOf([3, 0, 2]), vectorOf([1, 1, 1])]));
    const said = await generate({
      model: bound,
      prompts: [[BOUNDARY], [BOUNDARY]],
      maximumTokens: 5,
      temperature: 0,
      stop: [BOUNDARY],
    });
    expect(said).toEqual([
      [3, 0, 2],
      [1, 1, 1],
    ]);
    bound.dispose();
  }
}, 60_000);

it('framePredictor learns the next point of a circle, and continues free-running', async () => {
  const TIME = 12;
  const circle = (from: number, length: number): number[][] =>
    Array.from({ length }, (_, t) => [Math.cos(from + 0.5 * t), Math.sin(from + 0.5 * t)]);
  const batch = (rng: Rng) => {
    const starts = Array.from({ length: 8 }, () => rng.uniform(0, 2 * Math.PI));
    const of = (shift: number) => tensor(starts.map((start) => circle(start + shift, TIME))) as never;
    return { inputs: of(0), targets: of(0.5) };
  };
  const model = framePredictor(cell(2), { difference: true });
  const { params, loss, metrics } = await learned(model, batch, { updates: 200 });
  expect(loss).toBeLessThan((metrics.standstill as number) / 20);
  const said = await model.generate(params, tensor([circle(0, 6)]) as never, 6).array();
  circle(3, 6).forEach((point, t) => {
    const found = said[0]?.[t] as number[];
    expect(Math.hypot(...point.map((x, i) => x - (found[i] as number)))).toBeLessThan(0.3);
  });
}, 60_000);
