import { tree } from '@elman/core';
import { storyBatches } from '@elman/data';
import { type MemoryNetwork, type MemoryNetworkParams, memoryNetwork, type Tying } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { disposeTraining, evaluate, train } from '@elman/train';
import type { Questions } from './questions.ts';

/** Options of a network and its training. */
export interface Settings {
  readonly hops: number;
  readonly tying: Tying;
  readonly embeddingSize: number;
  readonly memorySize: number;
  /** Most updates without softmax; 0 for none. */
  readonly linearUpdates: number;
  /** Updates with softmax. */
  readonly updates: number;
  readonly seed: string;
}

/** The trained parameters, and their accuracy. */
export interface Learned {
  readonly model: MemoryNetwork;
  readonly params: MemoryNetworkParams;
  /** Updates of the linear start. */
  readonly linearUpdates: number;
  readonly validation: number;
  readonly test: number;
}

/** Learning rate of Adam in a linear start; with softmax it falls from the double to a hundredth. */
const LEARNING_RATE = 0.005;
/** Evaluation interval of the linear start, and its patience. */
const [EVERY, PATIENCE] = [250, 3];
const BATCH = 32;

/** Trains a memory network: without softmax until validation no longer improves, then with it. */
export async function learn(
  questions: Questions,
  { linearUpdates, updates, seed, ...settings }: Settings,
  onUpdate: (event: { readonly step: number; readonly loss: number; readonly isLinear: boolean }) => void = () => {},
): Promise<Learned> {
  const { vocabulary } = questions;
  const { memorySize } = settings;
  const batchesOf = (part: 'validation' | 'test') =>
    storyBatches(questions[part], { vocabulary, memorySize, batchSize: 128 });
  const common = {
    batches: storyBatches(questions.training, { vocabulary, memorySize, batchSize: BATCH, seed }),
    seed,
  };
  const model = memoryNetwork({ vocabulary, ...settings });
  let started: MemoryNetworkParams | undefined;
  let linear = 0;
  if (linearUpdates > 0) {
    const start = await train({
      ...common,
      model: memoryNetwork({ vocabulary, ...settings, softmax: false }),
      optimizer: chain(clipByGlobalNorm(40), adam({ learningRate: LEARNING_RATE })),
      updates: linearUpdates,
      validation: batchesOf('validation'),
      evaluateEvery: EVERY,
      earlyStopping: { patience: PATIENCE },
      onUpdate: ({ step, loss }) => onUpdate({ step, loss, isLinear: true }),
    });
    linear = start.state.progress.step;
    started = tree.clone(start.params);
    disposeTraining(start.state);
  }
  const from = started;
  const learningRate = cosine({ initial: 2 * LEARNING_RATE, final: LEARNING_RATE / 50, steps: updates });
  const { params, state } = await train({
    ...common,
    model: { ...model, init: from === undefined ? model.init : () => tree.clone(from) },
    optimizer: chain(clipByGlobalNorm(40), adam({ learningRate })),
    updates,
    onUpdate: ({ step, loss }) => onUpdate({ step, loss, isLinear: false }),
  });
  if (from !== undefined) tree.dispose(from);
  const right = async (part: 'validation' | 'test'): Promise<number> =>
    (await evaluate(model, params, batchesOf(part))).metrics.accuracy as number;
  const scores = { validation: await right('validation'), test: await right('test') };
  const kept = tree.clone(params);
  disposeTraining(state);
  return { model, params: kept, linearUpdates: linear, ...scores };
}
