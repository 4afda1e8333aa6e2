import { gru, lstm } from '@elman/cells';
import { memoryStorage } from '@elman/checkpoint';
import { DivergenceError, Rng } from '@elman/core';
import { tokenStream } from '@elman/data';
import { generate } from '@elman/decoding';
import { adam, chain, clipByGlobalNorm, plateau, sgd } from '@elman/optim';
import { dropout, stack } from '@elman/rnn';
import { characterTokenizer } from '@elman/tokenizers';
import { disposeTraining, loadTraining, saveTraining, train } from '@elman/train';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { languageModel } from '../src/index.ts';
import { numbers } from './support.ts';

const text = `${'abcd'.repeat(8)}a`;
const tokenizer = characterTokenizer.fromText(text);
const ids = tokenizer.encode(text);

describe('a language model in training', () => {
  it('memorises a short text, generates it, and leaks nothing', async () => {
    const model = languageModel(lstm({ inputSize: 4, hiddenSize: 8 }), tokenizer);
    const before = memory().numTensors;
    const losses: number[] = [];
    const counts = new Set<number>();
    const { params, state } = await train({
      model,
      batches: tokenStream(ids, { batchSize: 2, windowLength: 4 }),
      optimizer: chain(clipByGlobalNorm(5), adam({ learningRate: 0.15 })),
      updates: 10,
      seed: 1,
      onUpdate({ loss }) {
        losses.push(loss);
        counts.add(memory().numTensors);
      },
    });
    expect(losses).toHaveLength(10);
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(0.3);
    expect(counts.size).toBe(1);
    const bound = model.bind(params);
    const prompts = [tokenizer.encode('abcda')];
    const [said] = await generate({ model: bound, prompts, maximumTokens: 6, temperature: 0, seed: 1 });
    expect(tokenizer.decode(said ?? [])).toBe('bcdabc');
    bound.dispose();
    disposeTraining(state);
    expect(memory().numTensors).toBe(before);
  });

  it('gives the same losses and parameters, bit for bit, when it stops and resumes', async () => {
    const fresh = () => ({
      model: languageModel(
        stack([dropout(lstm({ inputSize: 3, hiddenSize: 4 }), { output: 0.2 }), gru({ inputSize: 4, hiddenSize: 3 })]),
        tokenizer,
        { dropout: 0.1, tied: true },
      ),
      batches: tokenStream(ids, { batchSize: 2, windowLength: 3, overlap: 1 }),
      validation: tokenStream(ids, { batchSize: 2, windowLength: 3 }),
      evaluateEvery: 3,
      optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.02 })),
      plateau: plateau({ factor: 0.5, patience: 0, threshold: 0.1 }),
      sampling: (step: number) => step / 20,
      seed: 2,
      updates: 6,
    });
    const run = async (stops: number[]) => {
      const storage = memoryStorage();
      const losses: number[] = [];
      for (;;) {
        const controller = new AbortController();
        const options = fresh();
        const resume = losses.length > 0 ? await loadTraining(storage, options) : undefined;
        const { reason, state } = await train({
          ...options,
          resume,
          signal: controller.signal,
          save: (now) => saveTraining(storage, now),
          onUpdate({ loss, step, gradientNorm }) {
            losses.push(loss);
            expect(gradientNorm).toBeGreaterThan(0);
            if (stops.includes(step)) controller.abort();
          },
        });
        const end = { losses, params: await numbers(state.params), progress: state.progress };
        disposeTraining(state);
        if (resume !== undefined) disposeTraining(resume);
        if (reason === 'finished') return end;
      }
    };
    const alone = await run([]);
    expect(alone.losses).toHaveLength(6);
    const first = Rng.seeded('stop').integer(3) + 1;
    expect(await run([first, first + 2])).toEqual(alone);
  });

  it('stops when it diverges, and names the update', async () => {
    const run = train({
      model: languageModel(lstm({ inputSize: 4, hiddenSize: 8 }), tokenizer),
      batches: tokenStream(ids, { batchSize: 2, windowLength: 4 }),
      optimizer: sgd({ learningRate: 1e6 }),
      updates: 100,
      seed: 3,
    });
    await expect(run).rejects.toThrow(DivergenceError);
    await expect(run).rejects.toThrow(
      /^train: update \d+: the loss is .*(cell|embedding|output)\.\w+ .* Lower the learning rate/,
    );
  });
});
