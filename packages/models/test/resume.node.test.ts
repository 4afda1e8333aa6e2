/** A run may be stopped after any update, whatever its batches are: last batches are smaller, windows go on, rows become harder. */
import { gru } from '@elman/cells';
import { memoryStorage, type Storage } from '@elman/checkpoint';
import { type BatchSource, OptionError, type Tree } from '@elman/core';
import { bucketed, padded, readStories, storyBatches, storyVocabulary, tokenStream } from '@elman/data';
import { adam, plateau } from '@elman/optim';
import { parity, stories, taskBatches } from '@elman/tasks';
import { characterTokenizer } from '@elman/tokenizers';
import {
  disposeTraining,
  loadTraining,
  naiveCurriculum,
  saveTraining,
  type Trainable,
  type TrainOptions,
  train,
} from '@elman/train';
import { describe, expect, it } from 'vitest';
import { languageModel, memoryNetwork, taskModel } from '../src/index.ts';
import { numbers } from './support.ts';

const tokenizer = characterTokenizer.fromText('abc');
const language = () => languageModel(gru({ inputSize: 2, hiddenSize: 3 }), tokenizer);
const ids = tokenizer.encode('abcabacbabcacbacbabacbcbabca');
const examples = ['ab', 'abcab', 'cab', 'bcabcb', 'ca', 'abca', 'cba'].map((text) => {
  const inputs = [...tokenizer.encode(text)];
  return { inputs, targets: [...inputs.slice(1), 0] };
});
const asked = readStories(stories({ kind: 'one-fact', count: 5, seed: 1 }));
const vocabulary = storyVocabulary(asked);
const task = parity();

type Options = Partial<TrainOptions<Tree, Tree, Tree, never>> &
  Pick<TrainOptions<Tree, Tree, Tree, never>, 'model' | 'batches'>;
const of = <P extends Tree, S extends Tree, B>(model: Trainable<P, S, B>, batches: BatchSource<B>): Options => ({
  model: model as never,
  batches: batches as never,
});

/** Each with a batch size; made anew each time, as in another process. */
const runs: { readonly [name: string]: (batchSize: number) => Options } = {
  'padded in order': (batchSize) => of(language(), padded(examples.slice(0, 3), { batchSize })),
  'padded and shuffled': (batchSize) => of(language(), padded(examples, { batchSize, seed: 1 })),
  bucketed: (batchSize) => of(language(), bucketed(examples, { batchSize, boundaries: [3], seed: 3 })),
  'a stream of tokens': (batchSize) =>
    of(language(), tokenStream(ids, { batchSize, windowLength: 4, overlap: 1, remainder: 'keep' })),
  'questions about stories': (batchSize) =>
    of(
      memoryNetwork({ vocabulary, embeddingSize: 3, memorySize: 4 }),
      storyBatches(asked, { vocabulary, batchSize, memorySize: 4, seed: 1 }),
    ),
  'a curriculum': (batchSize) => ({
    ...of(
      taskModel(gru({ inputSize: task.inputSize, hiddenSize: 3 }), task),
      taskBatches(task, { batchSize, difficulty: { length: 6 }, seed: 1, batchesPerEpoch: 3 }),
    ),
    validation: taskBatches(task, { batchSize: 3, difficulty: { length: 6 }, seed: 2, batchesPerEpoch: 1 }) as never,
    curriculum: naiveCurriculum({ easiest: task.easiest, target: { length: 6 }, patience: 1 }),
    evaluateEvery: 1,
    plateau: plateau({ factor: 0.5, patience: 0 }),
  }),
};

const UPDATES = 6;
const common = { optimizer: adam({ learningRate: 0.05 }), seed: 1, updates: UPDATES };

async function end(options: Options, resume?: TrainOptions<Tree, Tree, Tree, never>['resume']) {
  const { state } = await train({ ...common, ...options, resume });
  const found = { params: await numbers(state.params), progress: state.progress };
  disposeTraining(state);
  return found;
}

/** What was saved on the way, after each update, and what is saved where a run is stopped there. */
async function savedAfter(options: () => Options): Promise<{ step: number; storage: Storage }[]> {
  const saved: { step: number; storage: Storage }[] = [];
  const save = async (state: Parameters<typeof saveTraining>[1]) => {
    const storage = memoryStorage();
    await saveTraining(storage, state);
    saved.push({ step: state.progress.step, storage });
  };
  const { state } = await train({ ...common, ...options(), saveEvery: 1, save });
  disposeTraining(state);
  for (let stop = 1; stop < UPDATES; stop++) {
    const controller = new AbortController();
    const onUpdate = ({ step }: { step: number }) => void (step === stop && controller.abort());
    const { state } = await train({ ...common, ...options(), save, onUpdate, signal: controller.signal });
    disposeTraining(state);
  }
  return saved;
}

describe('a run that stops after any update', () => {
  for (const [name, options] of Object.entries(runs)) {
    it(`resumes bit for bit: ${name}`, async () => {
      const alone = await end(options(2));
      const saved = await savedAfter(() => options(2));
      expect(saved.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5]);
      for (const { storage } of saved) {
        const resume = await loadTraining(storage, { ...common, ...options(2) } as never);
        expect(await end(options(2), resume as never)).toEqual(alone);
        disposeTraining(resume);
      }
    });

    it(`refuses another batch size by name: ${name}`, async () => {
      const { state } = await train({ ...common, ...options(2), updates: 3 });
      for (const other of [1, 3]) {
        const run = train({ ...common, ...options(other), resume: state });
        await expect(run).rejects.toThrow(OptionError);
        await expect(run).rejects.toThrow(
          /^train: batches: the run to resume has \d+ (rows in its first batch|batches an epoch), got \d+; give the same .*batchSize\.$/,
        );
      }
      disposeTraining(state);
    });
  }
});

it('what an older release saved, without the number of batches, goes on', async () => {
  const options = runs['padded in order'] as (typeof runs)[string];
  const { state } = await train({ ...common, ...options(2), updates: 2 });
  const { batchesPerEpoch, ...older } = state.progress;
  expect(batchesPerEpoch).toBe(2);
  const storage = memoryStorage();
  await saveTraining(storage, { ...state, progress: older });
  const resume = await loadTraining(storage, { ...common, ...options(2) } as never);
  expect((await end(options(2), resume as never)).progress.step).toBe(UPDATES);
  for (const each of [state, resume]) disposeTraining(each);
});
