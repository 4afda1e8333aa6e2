import { lstm } from '@elman/cells';
import { tokenStream } from '@elman/data';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { characterTokenizer } from '@elman/tokenizers';
import { disposeTraining, train } from '@elman/train';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { languageModel } from '../src/index.ts';

it('learns a short text by heart', async () => {
  const text = 'abcdabcdabcdabcdabcdabcdabcdabcda';
  const tokenizer = characterTokenizer.fromText(text);
  const model = languageModel(lstm({ inputSize: 4, hiddenSize: 12 }), tokenizer);
  const before = memory().numTensors;
  const losses: number[] = [];
  const counts = new Set<number>();
  const { reason, state } = await train({
    model,
    batches: tokenStream(tokenizer.encode(text), { batchSize: 2, windowLength: 8 }),
    optimizer: chain(clipByGlobalNorm(5), adam({ learningRate: 0.05 })),
    updates: 25,
    seed: 1,
    onUpdate({ loss }) {
      losses.push(loss);
      counts.add(memory().numTensors);
    },
  });
  expect(reason).toBe('finished');
  expect(losses).toHaveLength(25);
  expect(losses[0]).toBeGreaterThan(1);
  expect(losses.at(-1)).toBeLessThan(0.3);
  expect(counts.size).toBe(1);
  disposeTraining(state);
  expect(memory().numTensors).toBe(before);
});
