import { lstm, simpleRnn } from '@elman/cells';
import { memoryStorage } from '@elman/checkpoint';
import { OptionError, Rng, type Tree, tree } from '@elman/core';
import { tokenStream } from '@elman/data';
import { beamSearch, generate } from '@elman/decoding';
import { byFrequency, wordClasses } from '@elman/nn';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { characterTokenizer } from '@elman/tokenizers';
import { disposeTraining, evaluate, train } from '@elman/train';
import { getBackend, memory, reshape, slice, type Tensor1D, type Tensor2D, transpose } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { languageModel, loadModel, type OutputOptions, saveModel } from '../src/index.ts';
import { expectClose, lossAndGrads, mask, numbers, randomWindow } from './support.ts';

const V = 11;
const counts = [3, 40, 1, 7, 0, 12, 90, 2, 5, 1, 30];
const outputs: readonly OutputOptions[] = [
  { kind: 'classes', classes: wordClasses(counts, { count: 4 }) },
  { kind: 'adaptive', cutoffs: [3, 7], factor: 2, order: byFrequency(counts) },
  { kind: 'sampled', samples: 4, noise: counts },
];
const cell = lstm({ inputSize: 3, hiddenSize: 4 });

/** Log-probabilities of logits, which they are if `isNormal`. */
function logSoftmax(z: readonly number[], isNormal: boolean): number[] {
  const sum = z.reduce((total, x) => total + Math.exp(x), 0);
  if (isNormal) expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
  return z.map((x) => x - Math.log(sum));
}

/** The same output layer for another vocabulary, of five tokens. */
const small: { readonly [kind: string]: OutputOptions } = {
  classes: { kind: 'classes', classes: [0, 1, 1, 0, 1] },
  adaptive: { kind: 'adaptive', cutoffs: [2], factor: 2 },
  sampled: { kind: 'sampled', samples: 3 },
};

describe.each(outputs.map((output) => [output.kind, output] as const))(
  'a language model with output %s',
  (_, output) => {
    const model = languageModel(cell, { vocabSize: V }, { output });

    it('has probabilities of sum 1, whose cross-entropy is the loss, masked and not', async () => {
      const params = model.init(Rng.seeded(1));
      const window = randomWindow(2, V, 2, 3);
      const rows = (await model.logits(params, window.inputs).logits.array()) as number[][][];
      const targets = (await window.targets.array()) as number[][];
      const cost = (b: number, t: number): number => {
        const z = logSoftmax(rows[b]?.[t] as number[], output.kind !== 'sampled');
        const sum = z.reduce((total, x) => total + Math.exp(x), 0);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
        return -(z[targets[b]?.[t] as number] as number);
      };
      const whole = [0, 1].flatMap((b) => [0, 1, 2].map((t) => cost(b, t)));
      const { loss, count } = await lossAndGrads(model, params, window);
      expect(count).toBe(6);
      expect(loss).toBeCloseTo(whole.reduce((a, b) => a + b) / 6, 5);
      const partly = {
        ...window,
        counted: 1,
        mask: mask([
          [1, 1, 0],
          [1, 1, 1],
        ]),
      };
      const some = await lossAndGrads(model, params, partly);
      expect(some.count).toBe(3);
      expect(some.loss).toBeCloseTo((cost(0, 1) + cost(1, 1) + cost(1, 2)) / 3, 5);
    });

    it('is the same token by token, by ops and in a session', async () => {
      const params = model.init(Rng.seeded(3));
      const { inputs } = randomWindow(4, V, 2, 4);
      const { logits } = model.logits(params, inputs);
      const before = memory().numTensors;
      const bound = model.bind(params);
      let state = bound.initialState(2);
      const session = bound.open?.(2);
      expect(session !== undefined).toBe(['cpu', 'wasm'].includes(getBackend()));
      for (let t = 0; t < 4; t++) {
        const flat = reshape(slice(inputs, [0, t], [2, 1]), [2]) as Tensor1D;
        const next = bound.next(state, flat);
        const wanted = await numbers({ z: reshape(slice(logits, [0, t, 0], [2, 1, V]), [2, V]) });
        expectClose(await numbers({ z: next.logits }), wanted, 1e-5);
        const z = session?.next([...(await flat.data())], true);
        if (z) expectClose({ z: [...z] }, wanted, 1e-5);
        tree.dispose([state, next.logits, next.features ?? []]);
        state = next.state;
      }
      tree.dispose(state);
      session?.dispose();
      bound.dispose();
      expect(memory().numTensors - before).toBe(4 * 4); // The slices and their reshaped forms.
    });

    it('is saved and loaded with its recipe', async () => {
      const tokenizer = characterTokenizer.fromText('abcdefghij');
      const made = languageModel(cell, tokenizer, { output });
      const params = made.init(Rng.seeded(5));
      const storage = memoryStorage();
      await saveModel(storage, { model: made, params, tokenizer });
      const loaded = await loadModel(storage);
      expect(loaded.model.recipe).toEqual(made.recipe);
      expect(await numbers(loaded.params as Tree)).toEqual(await numbers(params));
      const window = randomWindow(6, V, 1, 3);
      const a = await lossAndGrads(made, params, window);
      const b = await lossAndGrads(loaded.model as unknown as typeof made, loaded.params as never, window);
      expect(b.loss).toBe(a.loss);
    });

    it('memorises a text, evaluates it, and generates it; scheduled sampling draws from it', async () => {
      const text = `${'abcd'.repeat(8)}a`;
      const tokenizer = characterTokenizer.fromText(text);
      const ids = tokenizer.encode(text);
      const learner = languageModel(simpleRnn({ inputSize: 4, hiddenSize: 12 }), tokenizer, {
        output: small[output.kind],
      });
      const batches = tokenStream(ids, { batchSize: 2, windowLength: 4 });
      const before = memory().numTensors;
      const found = new Set<number>();
      const { params, state } = await train({
        model: learner,
        batches,
        optimizer: chain(clipByGlobalNorm(5), adam({ learningRate: 0.1 })),
        updates: 30,
        seed: 1,
        sampling: () => 0.1,
        onUpdate() {
          found.add(memory().numTensors);
        },
      });
      expect(found.size).toBe(1);
      expect((await evaluate(learner, params, batches)).loss).toBeLessThan(0.3);
      const bound = learner.bind(params);
      const prompts = [tokenizer.encode('abcda')];
      const [said] = await generate({ model: bound, prompts, maximumTokens: 6, temperature: 0, seed: 1 });
      expect(tokenizer.decode(said ?? [])).toBe('bcdabc');
      const [best] = await beamSearch({ model: bound, prompts, maximumTokens: 4, beamWidth: 3 });
      expect(tokenizer.decode(best?.[0]?.ids ?? [])).toBe('bcda');
      bound.dispose();
      disposeTraining(state);
      expect(memory().numTensors).toBe(before);
    });
  },
);

it('is, sampled, the full softmax where there is no rng, and where all tokens are drawn; tied or not', async () => {
  const square = lstm({ inputSize: 4, hiddenSize: 4 });
  const window = randomWindow(7, V, 2, 3);
  for (const tied of [true, false]) {
    const sampled = (samples: number) =>
      languageModel(square, { vocabSize: V }, { tied, output: { kind: 'sampled', samples, noise: counts } });
    const params = sampled(V).init(Rng.seeded(8));
    const { kernel, bias } = params.output as { kernel?: Tensor2D; bias: Tensor1D };
    const whole = tied ? params : { ...params, output: { kernel: transpose(kernel as Tensor2D), bias } };
    const full = await lossAndGrads(languageModel(square, { vocabSize: V }, { tied }), whole as typeof params, window);
    const rng = Rng.seeded(9);
    for (const found of [
      await lossAndGrads(sampled(3), params, window),
      await lossAndGrads(sampled(V), params, window, { rng }),
    ]) {
      expect(found.loss).toBeCloseTo(full.loss, 5);
      const { 'output.kernel': byKernel, ...others } = found.grads;
      const { 'output.kernel': _, ...wanted } = full.grads;
      expectClose(others, wanted, 1e-5);
      expect(byKernel === undefined).toBe(tied);
    }
    expect((await lossAndGrads(sampled(3), params, window, { rng })).loss).not.toBeCloseTo(full.loss, 2);
  }
});

it('refuses output layers that are none, or of another vocabulary, in one line', () => {
  const refuse = (output: unknown, message: string, tied = false): void => {
    const make = () =>
      languageModel(lstm({ inputSize: 4, hiddenSize: 4 }), { vocabSize: 3 }, { output: output as never, tied });
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  };
  refuse(
    { kind: 'half' },
    'languageModel: output: expected { kind } of full, classes, adaptive, sampled, got {"kind":"half"}.',
  );
  refuse('classes', 'got "classes".');
  refuse({ kind: 'classes', classes: [0, 0] }, 'output: classes: expected the class of each of 3 tokens, got 2;');
  refuse(
    { kind: 'classes', classes: [0, 0, 1] },
    'languageModel: output: classes has kernels of its own; leave tied out.',
    true,
  );
});
