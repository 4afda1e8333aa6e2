import { memoryStorage } from '@elman/checkpoint';
import { DataError, OptionError, Rng, ShapeError, tree, valueAndGrad } from '@elman/core';
import { readStories, type StoryBatch, storyBatches, storyVocabulary } from '@elman/data';
import { countTensors } from '@elman/testkit';
import { memory, pad, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadModel, memoryNetwork, saveModel } from '../src/index.ts';
import { expectClose, numbers } from './support.ts';

const questions = readStories(
  [
    '1 Mira went to the garden.',
    '2 Jonas went to the library.',
    '3 Where is Mira?\tgarden\t1',
    '4 Mira took the kite.',
    '5 Where is the kite?\tgarden\t1 4',
    '1 Jonas went to the garden.',
    '2 Where is Jonas?\tgarden\t1',
  ].join('\n'),
);
const vocabulary = storyVocabulary(questions);
const batchOf = (memorySize?: number): StoryBatch =>
  storyBatches(questions, { vocabulary, batchSize: 3, memorySize }).batch(0, 0);
const small = { vocabulary, embeddingSize: 4, memorySize: 5, hops: 2 } as const;

describe('memoryNetwork', () => {
  it('ignores padding, and leaks nothing', async () => {
    const model = memoryNetwork(small);
    const params = model.init(Rng.seeded(1));
    const batch = batchOf();
    const longer: StoryBatch = {
      ...batch,
      sentences: pad(batch.sentences, [
        [0, 0],
        [0, 2],
        [0, 1],
      ]),
      mask: pad(batch.mask, [
        [0, 0],
        [0, 2],
      ]),
      questions: pad(batch.questions, [
        [0, 0],
        [0, 3],
      ]),
    };
    const taken = (of: StoryBatch) =>
      valueAndGrad((p: typeof params) => {
        const { loss, count, metrics } = model.loss(p, of, [], { metrics: true });
        return { loss, aux: { count, metrics } };
      }, params);
    expect(countTensors(() => tree.dispose(Object.values(taken(batch))))).toBe(0);
    expect(countTensors(() => tree.dispose(model.loss(params, batch, [], { rng: Rng.seeded(1) }).loss))).not.toBe(0);
    const [short, long] = [taken(batch), taken(longer)];
    expectClose(await numbers(long.grads), await numbers(short.grads), 1e-5);
    expectClose(
      await numbers({ ...long.aux, loss: long.value }),
      await numbers({ ...short.aux, loss: short.value }),
      1e-5,
    );
    const [read] = [model.read(params, longer).weights];
    expect(read.shape).toEqual([3, 2, 5]);
    const sums = (await read.array()).map((row) => row.map((hop) => hop.slice(3).reduce((a, b) => a + b, 0)));
    expect(sums.flat().every((sum) => sum === 0)).toBe(true);
  });

  it('has empty memories in training only, deterministic by the random stream', async () => {
    const model = memoryNetwork({ ...small, randomNoise: 0.5 });
    const params = model.init(Rng.seeded(2));
    const batch = batchOf();
    const logits = async (seed?: number) =>
      numbers({ z: model.read(params, batch, { rng: seed === undefined ? undefined : Rng.seeded(seed) }).logits });
    expect(await logits()).toEqual(await logits());
    expect(await logits(1)).toEqual(await logits(1));
    expect(await logits(1)).not.toEqual(await logits(2));
    expect(model.read(params, batch, { rng: Rng.seeded(1) }).weights.shape).toEqual([3, 2, 3 + 2]);
    const still = memoryNetwork({ ...small, randomNoise: 0 });
    const quiet = still.read(params, batch, { rng: Rng.seeded(1) }).logits;
    expect(await numbers({ z: quiet })).toEqual(await logits());
  });

  it('is saved and loaded with its words, and answers in words', async () => {
    for (const tying of ['adjacent', 'layerwise'] as const) {
      const storage = memoryStorage();
      const model = memoryNetwork({ ...small, tying, positionEncoding: false });
      const params = model.init(Rng.seeded(3));
      await saveModel(storage, { model, params, metadata: { kind: 'one-fact' } });
      const loaded = await loadModel(storage, { kind: 'memoryNetwork' });
      expect(loaded.model.recipe).toEqual(model.recipe);
      expect(loaded.model.words).toEqual(vocabulary);
      const before = memory().numTensors;
      const said = await loaded.model.answer(loaded.params, questions, { batchSize: 2 });
      expect(memory().numTensors).toBe(before);
      expect(said).toEqual(await model.answer(params, questions, { batchSize: 2 }));
      expect(said.map(({ weights }) => weights.map(({ length }) => length))).toEqual([
        [2, 2],
        [3, 3],
        [1, 1],
      ]);
      expect(said.every(({ answer, probability }) => vocabulary.includes(answer) && probability > 0)).toBe(true);
      expect(said[2]?.weights).toEqual([[1], [1]]);
      expect(await model.answer(params, [])).toEqual([]);
    }
  });

  it('returns attention weights in the order of the story', async () => {
    // Orthogonal word embeddings: a question about one finds the sentence that has it.
    const model = memoryNetwork({
      ...small,
      embeddingSize: vocabulary.length,
      hops: 1,
      positionEncoding: false,
      temporalEncoding: false,
      memorySize: 2,
    });
    const rows = vocabulary.map((word, i) => vocabulary.map((_, j) => (i === j && word === 'mira' ? 9 : 0)));
    const embeddings = tensor2d(rows.map((row) => [...row, ...row]));
    const story = { story: 0, answers: ['garden'], supporting: [], question: 'Mira?' };
    const sentences = ['Mira went.', 'Mira took.', 'Jonas went.'];
    const [said] = await model.answer({ embeddings, times: {}, layerwise: {} }, [{ ...story, sentences }]);
    expect(said?.weights[0]?.map((weight) => Math.round(weight))).toEqual([0, 1, 0]);
  });

  it('refuses invalid input', async () => {
    const wrong = (options: object) => () => memoryNetwork({ ...small, ...options });
    expect(wrong({ hops: 0 })).toThrow(/^memoryNetwork: hops: expected a positive whole number, got 0/);
    expect(wrong({ tying: 'none' })).toThrow(/tying: expected adjacent or layerwise, got none/);
    expect(wrong({ randomNoise: 2 })).toThrow(/randomNoise: expected a number from 0 to 1, got 2/);
    expect(wrong({ vocabulary: ['a', 'b'] })).toThrow(/vocabulary: expected '' first/);
    expect(wrong({ vocabulary: ['', 'b', 'b'] })).toThrow(OptionError);
    const model = memoryNetwork({ ...small, memorySize: 2 });
    const params = model.init(Rng.seeded(5));
    expect(() => model.read(params, batchOf())).toThrow(ShapeError);
    expect(() => model.read(params, batchOf())).toThrow(/sentences: expected 2 slots or fewer, got 3; keep the latest/);
    expect(model.read(params, batchOf(2)).logits.shape).toEqual([3, vocabulary.length]);
    const nameless = memoryNetwork({ ...small, vocabulary: vocabulary.length });
    await expect(nameless.answer(params, questions)).rejects.toThrow(/answer: expected a network with words/);
    const unknown = [{ ...questions[0], question: 'Where is Oskar?' }] as typeof questions;
    await expect(model.answer(params, unknown)).rejects.toThrow(DataError);
  });
});
