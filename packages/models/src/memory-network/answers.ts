import { OptionError, tree } from '@elman/core';
import { type StoryBatch, type StoryQuestion, storyBatches } from '@elman/data';
import { argMax, max, softmax, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { PredictOptions } from '../predict.ts';
import type { MemoryNetwork, MemoryNetworkParams } from './memory-network.ts';

/** The answer of a memory network to a question. */
export type StoryAnswer = {
  /** One word of its vocabulary; several answers have commas between them. */
  readonly answer: string;
  /** Its probability, 0 to 1. */
  readonly probability: number;
  /** Attention weights [hop][sentence], the oldest first. Sentences beyond memorySize have 0. */
  readonly weights: readonly (readonly number[])[];
};

/** The answers to questions, in their order. */
export async function answerAll(
  model: MemoryNetwork,
  params: MemoryNetworkParams,
  questions: readonly StoryQuestion[],
  { batchSize = 64, signal }: PredictOptions = {},
): Promise<StoryAnswer[]> {
  const { words, memorySize, name } = model;
  if (words === undefined) {
    throw new OptionError(`${name}: answer: expected a network with words; give them as \`vocabulary\`.`);
  }
  if (questions.length === 0) return [];
  // Only the questions are checked: any answer is allowed.
  const unanswered = questions.map((asked) => ({ ...asked, answers: [''] }));
  const batches = storyBatches(unanswered, { vocabulary: words, batchSize, memorySize });
  const answers: StoryAnswer[] = [];
  for (let index = 0; index < batches.batchesPerEpoch; index++) {
    signal?.throwIfAborted();
    const batch = batches.batch(0, index);
    const said = await readBatch(model, params, batch);
    const slots = batch.sentences.shape[1];
    tree.dispose(batch);
    for (let row = 0; row < said.ids.length; row++) {
      const { length } = (questions[answers.length] as StoryQuestion).sentences;
      const weights = Array.from({ length: model.hops }, (_, hop) =>
        Array.from({ length }, (_, sentence) => {
          const slot = length - 1 - sentence;
          return slot < slots ? (said.weights[(row * model.hops + hop) * slots + slot] as number) : 0;
        }),
      );
      const answer = words[said.ids[row] as number] as string;
      answers.push({ answer, probability: said.probabilities[row] as number, weights });
    }
  }
  return answers;
}

async function readBatch(model: MemoryNetwork, params: MemoryNetworkParams, batch: StoryBatch) {
  const { ids, best, weights } = tree.tidy(() => {
    const { logits, weights } = model.read(params, batch);
    return {
      ids: argMax(logits, 1) as Tensor2D,
      best: max(softmax(logits), 1) as Tensor2D,
      weights: weights as Tensor3D,
    };
  });
  const [found, probabilities, looked] = await Promise.all([ids.data(), best.data(), weights.data()]);
  tree.dispose({ ids, best, weights });
  return { ids: found, probabilities, weights: looked };
}
