import { Rng, type TokenModel } from '@elman/core';
import { countTensors } from '@elman/testkit';
import {
  add,
  gather,
  getBackend,
  oneHot,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ctcAlign, ctcGreedy, ctcPrefixBeam, type LabelModel } from '../src/index.ts';
import { drawLogits, labellings, labelsOf, sequenceOf } from './brute-force.ts';

/** Backends on which another batch size compiles other shaders, which takes seconds. */
const onDevice = !['cpu', 'wasm'].includes(getBackend());

/** Logits that are the logarithms of these probabilities. */
const logsOf = (rows: readonly (readonly number[])[]) => sequenceOf([rows.map((row) => row.map(Math.log))]);

describe('ctcGreedy', () => {
  it('takes the best path, computed by hand', async () => {
    const frame = (k: number): number[] => [0.1, 0.1, 0.1].with(k, 0.8);
    const logits = logsOf([1, 1, 0, 1, 2, 2].map(frame));
    const [found] = await ctcGreedy(logits);
    expect(found?.labels).toEqual([1, 1, 2]);
    expect(found?.spans).toEqual([
      { label: 1, start: 0, end: 2 },
      { label: 1, start: 3, end: 4 },
      { label: 2, start: 4, end: 6 },
    ]);
    expect(found?.logProbability).toBeCloseTo(6 * Math.log(0.8), 4);
    const [shorter] = await ctcGreedy(logits, { blank: 2, inputLengths: [5] });
    expect(shorter?.labels).toEqual([1, 0, 1]);
    const [masked] = await ctcGreedy(logits, { mask: tensor2d([[1, 1, 0, 1, 0, 1]]) });
    expect(masked?.spans).toEqual([
      { label: 1, start: 0, end: 4 },
      { label: 2, start: 5, end: 6 },
    ]);
  });

  it('names the row and frame that are NaN, unless they are beyond the row', async () => {
    const logits = tensor3d([0, 1, 1, 0, Number.NaN, 0], [1, 3, 2]);
    await expect(ctcGreedy(logits)).rejects.toThrow('ctcGreedy: row 0, frame 2: expected logits that are numbers');
    expect((await ctcGreedy(logits, { inputLengths: tensor1d([2], 'int32') }))[0]?.labels).toEqual([1]);
  });
});

/** A bigram model of labels. */
function bigrams(rng: Rng, classes: number): number[][] {
  return Array.from({ length: classes + 1 }, () => {
    const weights = Array.from({ length: classes + 1 }, () => rng.uniform(0.1, 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => Math.log(weight / total));
  });
}

/** As a function; the row and the column `classes` are start and end. */
const asFunction =
  (table: number[][]): LabelModel =>
  (before, label) =>
    table[before.at(-1) ?? table.length - 1]?.[label ?? table.length - 1] as number;

/** As a model of tokens whose state is the sum of all tokens so far, one-hot: so that states reordered wrongly are detected. */
function asTokens(table: number[][]): TokenModel<{ readonly seen: Tensor2D }> {
  const vocabSize = table.length;
  const logits = tensor2d(table);
  return {
    vocabSize,
    initialState: (batchSize) => ({ seen: zeros([batchSize, vocabSize]) }),
    next: ({ seen }, tokens: Tensor1D) => ({
      logits: add(gather(logits, tokens), seen),
      state: { seen: add(seen, oneHot(tokens, vocabSize, 1, 0, 'float32')) },
    }),
  };
}

describe('ctcPrefixBeam', () => {
  it('is exhaustive search if the beam is as wide as the space', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const rng = Rng.seeded(seed);
      const [time, classes] = [1 + rng.integer(5), 2 + rng.integer(3)];
      const blank = rng.integer(classes);
      const rows = [drawLogits(rng, time, classes), drawLogits(rng, time, classes, 0.3)];
      const logits = sequenceOf(rows);
      const found = await ctcPrefixBeam(logits, { blank, beamWidth: 500, count: 500 });
      for (const [row, hypotheses] of found.entries()) {
        const worth = labellings(rows[row] as number[][], blank);
        expect(hypotheses).toHaveLength(worth.size);
        for (const [i, { labels, score, logProbability, languageLogProbability }] of hypotheses.entries()) {
          expect(score).toBeCloseTo(Math.log(worth.get(labels.join()) as number), 4);
          expect([logProbability, languageLogProbability]).toEqual([score, 0]);
          if (i > 0) expect(score).toBeLessThanOrEqual(hypotheses[i - 1]?.score as number);
        }
      }
    }
  });

  it('is exhaustive search with a language model, weights and lengths', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const rng = Rng.seeded(`language ${seed}`);
      const [time, classes] = [2 + rng.integer(3), 3];
      const blank = rng.integer(classes);
      const logits = drawLogits(rng, time, classes);
      const language = asFunction(bigrams(rng, classes));
      const [alpha, beta] = [rng.uniform(0, 2), rng.uniform(-1, 1)];
      const scores = [...labellings(logits, blank)].map(([key, probability]) => {
        const labels = labelsOf(key);
        const said = [...labels, undefined].reduce<number>(
          (sum, label, i) => sum + language(labels.slice(0, i), label),
          0,
        );
        return { key, score: Math.log(probability) + alpha * said + beta * labels.length };
      });
      scores.sort((a, b) => b.score - a.score);
      const options = { blank, beamWidth: 500, count: 500, languageModel: language, alpha, beta };
      const [found] = await ctcPrefixBeam(sequenceOf([logits]), options);
      expect(found?.map(({ labels }) => labels.join())).toEqual(scores.map(({ key }) => key));
      found?.forEach(({ score }, i) => {
        expect(score).toBeCloseTo(scores[i]?.score as number, 4);
      });
    }
  });

  it('has the same results with a token model as with the same model as a function, narrow or wide, in a batch or alone', async () => {
    const classes = 4;
    const rng = Rng.seeded('tokens');
    const table = bigrams(rng, classes);
    const model = asTokens(table);
    const asSeen: LabelModel = (before, label) => {
      const last = before.at(-1) ?? classes;
      const seen = [classes, ...before].slice(0, -1);
      const logits = (table[last] as number[]).map((z, k) => z + seen.filter((id) => id === k).length);
      const total = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
      return (logits[label ?? classes] as number) - total;
    };
    const rows = [drawLogits(rng, 7, classes), drawLogits(rng, 7, classes), drawLogits(rng, 7, classes)];
    const inputLengths = [7, 4, 6];
    for (const beamWidth of onDevice ? [3] : [1, 3, 40]) {
      const options = { beamWidth, count: 3, alpha: 0.7, beta: 0.3 };
      const tokens = { model, start: classes, stop: classes };
      const logits = sequenceOf(rows);
      const byTokens = await ctcPrefixBeam(logits, { ...options, inputLengths, languageModel: tokens });
      const byFunction = await ctcPrefixBeam(logits, { ...options, inputLengths, languageModel: asSeen });
      for (const [row, hypotheses] of byTokens.entries()) {
        expect(hypotheses.map(({ labels }) => labels)).toEqual(byFunction[row]?.map(({ labels }) => labels));
        hypotheses.forEach(({ score, languageLogProbability }, i) => {
          expect(score).toBeCloseTo(byFunction[row]?.[i]?.score as number, 4);
          expect(languageLogProbability).toBeCloseTo(byFunction[row]?.[i]?.languageLogProbability as number, 4);
        });
        if (onDevice && row > 0) continue;
        const own = (rows[row] as number[][]).slice(0, inputLengths[row]);
        const [alone] = await ctcPrefixBeam(sequenceOf([own]), { ...options, languageModel: tokens });
        expect(alone?.map(({ labels }) => labels)).toEqual(hypotheses.map(({ labels }) => labels));
      }
    }
  });

  it('does not call the language model with alpha 0, whatever it would return', async () => {
    const logits = sequenceOf([drawLogits(Rng.seeded('weightless'), 5, 4)]);
    const options = { beamWidth: 8, count: 8, beta: 0.2 };
    const wanted = await ctcPrefixBeam(logits, options);
    let asked = 0;
    const never: LabelModel = () => {
      asked++;
      return Number.NEGATIVE_INFINITY;
    };
    const forbidding = asTokens(
      Array.from({ length: 5 }, (_, i) => [0, 1, 2, 3, 4].map((j) => (i === j ? 0 : -Infinity))),
    );
    for (const languageModel of [never, { model: forbidding, start: 4, stop: 4 }]) {
      expect(await ctcPrefixBeam(logits, { ...options, alpha: 0, languageModel })).toEqual(wanted);
    }
    expect(asked).toBe(0);
  });

  it('forbids labels with −∞ by the language model, with any other weight', async () => {
    const logits = sequenceOf([drawLogits(Rng.seeded('forbidden'), 5, 4)]);
    const languageModel: LabelModel = (_, label) => (label === 2 ? Number.NEGATIVE_INFINITY : -1);
    for (const alpha of [1, 1e-300, -0.5]) {
      const [found = []] = await ctcPrefixBeam(logits, { beamWidth: 100, count: 100, languageModel, alpha });
      expect(found.length).toBeGreaterThan(10);
      for (const { labels, score } of found)
        expect([labels.includes(2), Number.isFinite(score)]).toEqual([false, true]);
    }
  });

  it('finds a labelling that the best path misses', async () => {
    // Blank is the likeliest in both frames (0.36), but the paths of 1 have 0.64 together.
    const logits = logsOf([
      [0.6, 0.4],
      [0.6, 0.4],
    ]);
    expect((await ctcGreedy(logits))[0]?.labels).toEqual([]);
    const [best] = await ctcPrefixBeam(logits, { beamWidth: 2 });
    expect(best?.[0]?.labels).toEqual([1]);
    expect(best?.[0]?.logProbability).toBeCloseTo(Math.log(0.64), 5);
  });

  it('tries only the most likely labels, without changing the result', async () => {
    const rng = Rng.seeded('many');
    const logits = sequenceOf([drawLogits(rng, 12, 30, 2), drawLogits(rng, 12, 30, 0.2)]);
    for (const beamWidth of [1, 2, 5, 12]) {
      const few = await ctcPrefixBeam(logits, { beamWidth, count: 5 });
      const all = await ctcPrefixBeam(logits, { beamWidth, count: 5, languageModel: () => 0 }); // tries every label
      expect(few).toEqual(all);
    }
  });

  it('leaks nothing', async () => {
    const logits = sequenceOf([drawLogits(Rng.seeded(1), 4, 3)]);
    const model = asTokens(bigrams(Rng.seeded(2), 3));
    const once = async (): Promise<void> => {
      await ctcGreedy(logits);
      await ctcPrefixBeam(logits, { languageModel: { model, start: 3 } });
      await ctcAlign(logits, [[1, 2]]);
    };
    await once();
    expect(await countTensors(once)).toBe(0);
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const aborted = async () => {
      await expect(
        ctcPrefixBeam(logits, { languageModel: { model, start: 3 }, signal: controller.signal }),
      ).rejects.toThrow('enough');
    };
    expect(await countTensors(aborted)).toBe(0);
  });

  it('refuses invalid arguments in one line', async () => {
    const logits = sequenceOf([drawLogits(Rng.seeded(1), 4, 3)]);
    const of = (options: object) => expect(ctcPrefixBeam(logits, options)).rejects;
    await of({ beamWidth: 0 }).toThrow('ctcPrefixBeam: beamWidth: expected a positive whole number, got 0.');
    await of({ alpha: Number.NaN }).toThrow('alpha: expected a finite number, got NaN.');
    await of({ minimumProbability: 1 }).toThrow('minimumProbability: expected a number from 0 to below 1, got 1.');
    await of({ languageModel: () => Number.NaN }).toThrow('expected a log-probability of 1 after [], got NaN.');
    const model = asTokens(bigrams(Rng.seeded(2), 1));
    await of({ languageModel: { model, start: 1 } }).toThrow('expected tokens from 0 to 1, got 2');
    expect(await ctcPrefixBeam(logits, { languageModel: () => Number.NEGATIVE_INFINITY })).toEqual([[]]);
  });
});

describe('ctcAlign', () => {
  it('is the best of all paths that collapse to the labels', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const rng = Rng.seeded(`align ${seed}`);
      const logits = drawLogits(rng, 5, 3);
      const labels = [[], [1], [2, 1], [1, 1], [1, 2, 1]][seed % 5] as number[];
      const [found] = await ctcAlign(sequenceOf([logits]), [labels]);
      let best = Number.NEGATIVE_INFINITY;
      for (let path = 0; path < 3 ** 5; path++) {
        const steps = Array.from({ length: 5 }, (_, t) => Math.floor(path / 3 ** t) % 3);
        const said = steps.filter((k, t) => k !== 0 && k !== steps[t - 1]);
        if (said.join() !== labels.join()) continue;
        const worth = steps.reduce((sum, k, t) => {
          const frame = logits[t] as number[];
          return sum + (frame[k] as number) - Math.log(frame.reduce((total, z) => total + Math.exp(z), 0));
        }, 0);
        best = Math.max(best, worth);
      }
      expect(found?.logProbability).toBeCloseTo(best, 4);
      expect(found?.spans.map(({ label }) => label)).toEqual(labels);
    }
  });

  it('refuses invalid arguments in one line', async () => {
    const logits = sequenceOf([drawLogits(Rng.seeded(1), 2, 3)]);
    await expect(ctcAlign(logits, [[1, 1]])).rejects.toThrow('ctcAlign: row 0: expected 3 frames or more for 2 labels');
    await expect(ctcAlign(logits, [[0]])).rejects.toThrow('got 0, the blank, at 0.');
  });
});
