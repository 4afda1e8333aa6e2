import { bagOfWords, feedForward, lstm, withBagOfWords } from '@elman/cells';
import { memoryStorage } from '@elman/checkpoint';
import { type Cell, Rng, type Tree } from '@elman/core';
import { tokenStream } from '@elman/data';
import { generate } from '@elman/decoding';
import { adam } from '@elman/optim';
import { characterTokenizer } from '@elman/tokenizers';
import { disposeTraining, train } from '@elman/train';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { languageModel, loadModel, saveModel } from '../src/index.ts';

const V = 6;
const ids = (...tokens: number[]): Tensor2D => tensor2d([tokens], undefined, 'int32');

/** Logits of the next token after these. */
async function lastLogits(cell: Cell<Tree, Tree>, tokens: Tensor2D): Promise<number[]> {
  const model = languageModel(cell, { vocabSize: V });
  const rows = (await model.logits(model.init(Rng.seeded(1)), tokens).logits.array()) as number[][][];
  return rows[0]?.at(-1) as number[];
}

const distance = (a: number[], b: number[]): number => Math.hypot(...a.map((x, i) => x - (b[i] as number)));

describe('language models without recurrence', () => {
  it('a feed-forward one over three tokens depends on these alone: it is a neural 4-gram model', async () => {
    const cell = feedForward({ inputSize: 3, hiddenSize: 5, window: 3, activation: 'tanh', direct: true }) as Cell<
      Tree,
      Tree
    >;
    const wanted = await lastLogits(cell, ids(0, 5, 1, 2, 3));
    expect(distance(await lastLogits(cell, ids(4, 4, 1, 2, 3)), wanted)).toBeLessThan(1e-6);
    expect(distance(await lastLogits(cell, ids(0, 5, 4, 2, 3)), wanted)).toBeGreaterThan(1e-3);
  });

  it('a bag of words depends on its tokens, not on their order', async () => {
    const cell = bagOfWords({ inputSize: 3, hiddenSize: 5, decay: 1 }) as Cell<Tree, Tree>;
    const wanted = await lastLogits(cell, ids(0, 5, 1, 2));
    expect(distance(await lastLogits(cell, ids(2, 1, 0, 5)), wanted)).toBeLessThan(1e-5);
    expect(distance(await lastLogits(cell, ids(2, 1, 0, 4)), wanted)).toBeGreaterThan(1e-3);
  });
});

const learners = {
  'feed-forward, direct': (inputSize: number) =>
    feedForward({ inputSize, hiddenSize: 12, window: 2, activation: 'tanh', direct: true }),
  'a decayed bag of words': (inputSize: number) => bagOfWords({ inputSize, hiddenSize: 12, decay: 0.3 }),
  'an LSTM with a bag of words': (inputSize: number) =>
    withBagOfWords(lstm({ inputSize: 2 * inputSize, hiddenSize: 8 }), { to: 'both', window: 3 }),
} as const;

it.each(Object.entries(learners))('%s memorises a text, is saved, and generates it', async (_, make) => {
  const text = `${'abcd'.repeat(8)}a`;
  const tokenizer = characterTokenizer.fromText(text);
  const model = languageModel(make(4) as unknown as Cell<Tree, Tree>, tokenizer);
  const { params, state } = await train({
    model,
    batches: tokenStream(tokenizer.encode(text), { batchSize: 2, windowLength: 4 }),
    optimizer: adam({ learningRate: 0.1 }),
    updates: 40,
    seed: 1,
  });
  const storage = memoryStorage();
  await saveModel(storage, { model, params, tokenizer });
  disposeTraining(state);
  const loaded = await loadModel(storage);
  const bound = loaded.model.bind(loaded.params);
  const [said] = await generate({
    model: bound,
    prompts: [tokenizer.encode('abcda')],
    maximumTokens: 6,
    temperature: 0,
    seed: 1,
  });
  expect(tokenizer.decode(said ?? [])).toBe('bcdabc');
  bound.dispose();
});
