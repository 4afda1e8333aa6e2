/**
 * One job of each kind on every backend, in Node and in pages: the same losses and the same tokens everywhere. The
 * other tests of packages that only compose ops (attention, memory, models, decoding, train and so on) run in Node;
 * pages run those of packages whose code depends on the backend.
 */
import { additiveAttention } from '@elman/attention';
import { gru, lstm, simpleRnn } from '@elman/cells';
import { memoryStorage } from '@elman/checkpoint';
import { type BatchSource, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { ctcGreedy, ctcLoss } from '@elman/ctc';
import { pairs, tokenStream } from '@elman/data';
import { sample } from '@elman/decoding';
import { ntmMemory } from '@elman/memory';
import { languageModel, loadModel, saveModel, seq2seq, taskModel, translate } from '@elman/models';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { bidirectional, dropout, memoryCell, stack, unroll } from '@elman/rnn';
import { ntmCopy, taskBatches } from '@elman/tasks';
import { characterTokenizer, withBoundary } from '@elman/tokenizers';
import { disposeTraining, type Trainable, train } from '@elman/train';
import { memory, scalar } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

const text = 'she sells sea shells by the sea shore; '.repeat(20);

/** Trains for a few updates and compares the losses of all of them. */
async function expectLosses<P extends Tree, S extends Tree, B>(
  model: Trainable<P, S, B>,
  batches: BatchSource<B>,
  expected: readonly number[],
): Promise<P> {
  const losses: number[] = [];
  const { params, state } = await train({
    model,
    batches,
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.02 })),
    updates: expected.length,
    seed: 1,
    onUpdate({ loss }) {
      losses.push(loss);
    },
  });
  const kept = tree.map(params, (leaf) => leaf.clone());
  disposeTraining(state);
  losses.forEach((loss, i) => {
    expect(loss).toBeCloseTo(expected[i] as number, 3);
  });
  return kept;
}

it('trains, saves, loads and samples a language model', async () => {
  const before = memory().numTensors;
  const tokenizer = characterTokenizer.fromText(text);
  const lower = dropout(lstm({ inputSize: 8, hiddenSize: 12 }), { output: 0.1 });
  const model = languageModel(stack([lower, gru({ inputSize: 12, hiddenSize: 12 })]), tokenizer);
  const stream = tokenStream(tokenizer.encode(text), { batchSize: 4, windowLength: 6 });
  const params = await expectLosses(model, stream, [2.55585, 2.38643]);
  const storage = memoryStorage();
  await saveModel(storage, { model, params, tokenizer });
  tree.dispose(params);

  const loaded = await loadModel(storage);
  const bound = loaded.model.bind(loaded.params);
  const prompt = tokenizer.encode('she ');
  const ids: number[] = [];
  for await (const id of sample({ model: bound, prompt, maximumTokens: 6, temperature: 0.7, seed: 1 })) ids.push(id);
  expect(ids).toEqual([0, 3, 12, 7, 9, 6]);
  bound.dispose();
  tree.dispose(loaded.params);
  expect(memory().numTensors).toBe(before);
});

it('trains a translator with attention, and translates by beam search', async () => {
  const before = memory().numTensors;
  const source = characterTokenizer.fromText('abcd');
  const target = withBoundary(source);
  const encoder = bidirectional(gru({ inputSize: 4, hiddenSize: 5 }), gru({ inputSize: 4, hiddenSize: 5 }));
  const decoder = gru({ inputSize: 4 + 10, hiddenSize: 8 });
  const attention = additiveAttention({ querySize: 8, memorySize: 10, size: 6 });
  const model = seq2seq({ source, target, encoder, decoder, attention });
  const words = ['ab', 'dca', 'b'].map((word) => ({
    source: source.encode(word),
    target: target.encode(word),
  }));
  const batches = pairs(words, { batchSize: 3, boundary: target.boundary, seed: 1 });
  const params = await expectLosses(model, batches, [1.79807, 1.68718]);
  const [best] = await translate({ model, params, source, target }, ['ab'], { beamWidth: 2, maximumTokens: 3 });
  expect(best?.text).toBe('');
  expect(best?.logProbability).toBeCloseTo(-1.23274, 3);
  tree.dispose(params);
  expect(memory().numTensors).toBe(before);
});

it('trains a Neural Turing machine', async () => {
  const before = memory().numTensors;
  const access = ntmMemory({ slots: 6, width: 4 });
  const task = ntmCopy({ width: 3 });
  const controller = lstm({ inputSize: task.inputSize + access.readSize, hiddenSize: 8 });
  const model = taskModel(memoryCell(controller, access), task);
  const rows = taskBatches(task, { batchSize: 4, difficulty: { length: 1 }, seed: 'rows' });
  tree.dispose(await expectLosses(model, rows, [0.685, 0.6776]));
  expect(memory().numTensors).toBe(before);
});

it('trains by connectionist temporal classification', async () => {
  const before = memory().numTensors;
  const cell = simpleRnn({ inputSize: 3, hiddenSize: 4 });
  const frames = Rng.seeded(2).tensor([2, 4, 3], (r) => r.normal()) as Sequence;
  const labels = [[1, 2], [3]];
  const model: Trainable<ReturnType<typeof cell.init>, Tree, Tree> = {
    init: (rng) => cell.init(rng),
    initialState: (batchSize) => cell.initialState(batchSize),
    batchSize: () => 2,
    loss(params, _, state) {
      const { outputs, state: last } = unroll(cell, params, frames, { state: state as never });
      return { loss: ctcLoss(outputs, labels), count: scalar(3), state: last };
    },
  };
  const params = await expectLosses(model, { batchesPerEpoch: 1, batch: () => [] }, [2.20807, 2.10192]);
  const { outputs, state } = unroll(cell, params, frames);
  expect((await ctcGreedy(outputs)).map((path) => path.labels)).toEqual([[3], [2, 1]]);
  tree.dispose([params, outputs, state, frames]);
  expect(memory().numTensors).toBe(before);
});

it('loads every package that is not for Node alone', async () => {
  const packages = import.meta.glob(['../../packages/*/src/index.ts', '!../../packages/{bench,cli,create-cell}/**']);
  expect(Object.keys(packages).length).toBeGreaterThan(20);
  for (const [file, load] of Object.entries(packages)) {
    expect(Object.keys((await load()) as object).length, file).toBeGreaterThan(0);
  }
});
