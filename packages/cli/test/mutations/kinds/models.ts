import { additiveAttention } from '@elman/attention';
import { gru, lstm, peepholeLstm } from '@elman/cells';
import { decodeSafetensors, memoryStorage, readTogether, type Storage, writeTogether } from '@elman/checkpoint';
import { type Cell, DataError, Rng, type Tree, tree } from '@elman/core';
import { continuousDeque, dncMemory, ntmMemory } from '@elman/memory';
import {
  classifier,
  type KeptModel,
  languageModel,
  loadModel,
  type Models,
  memoryNetwork,
  modelFiles,
  type OutputOptions,
  seq2seq,
} from '@elman/models';
import { adam, chain, clipByGlobalNorm, plateau } from '@elman/optim';
import { bidirectional, dropout, layer, memoryCell, residual, stack } from '@elman/rnn';
import { characterTokenizer, type Tokenizer, withBoundary } from '@elman/tokenizers';
import { disposeTraining, loadTraining, naiveCurriculum, saveTraining, type TrainingState, train } from '@elman/train';
import { tensor2d } from '@tensorflow/tfjs-core';
import { type Kind, Unusable } from '../check.ts';
import { plainJson, sealedHeader, sealedManifest, sealedMetadata } from './sealed.ts';

const MODEL = 'model.json';
const WEIGHTS = 'model.safetensors';
const TRAINING = 'training.safetensors';
const MANIFEST = 'manifest.json';

const tokenizer = characterTokenizer.fromText('hello');
const { vocabSize } = tokenizer;
const deep = (): Cell<Tree, Tree> =>
  stack([
    dropout(lstm({ inputSize: 3, hiddenSize: 4, chrono: 5 }), { output: 0.1 }),
    residual(gru({ inputSize: 4, hiddenSize: 4 })),
    peepholeLstm({ inputSize: 4, hiddenSize: 2 }),
  ]) as unknown as Cell<Tree, Tree>;
const withMemory = (memory: Parameters<typeof memoryCell>[1]): Cell<Tree, Tree> =>
  memoryCell(gru({ inputSize: 3 + memory.readSize, hiddenSize: 3 }), memory) as unknown as Cell<Tree, Tree>;
const text = (cell: Cell<Tree, Tree>, output?: OutputOptions) => languageModel(cell, tokenizer, { output });
const small = (): Cell<Tree, Tree> => gru({ inputSize: 2, hiddenSize: 3 }) as unknown as Cell<Tree, Tree>;
const each = <T>(of: (id: number) => T): T[] => Array.from({ length: vocabSize }, (_, id) => of(id));

type Saved = {
  readonly model: KeptModel;
  readonly tokenizer?: Tokenizer;
  readonly tokenizers?: { readonly [role: string]: Tokenizer };
};
const both = { source: tokenizer, target: withBoundary(tokenizer) };
const SAVED: readonly Saved[] = [
  { model: text(deep()), tokenizer },
  { model: text(withMemory(ntmMemory({ slots: 4, width: 2 }))), tokenizer },
  { model: text(withMemory(dncMemory({ slots: 4, width: 2 }))), tokenizer },
  { model: text(withMemory(continuousDeque({ size: 2, capacity: 4 }))), tokenizer },
  { model: text(small(), { kind: 'classes', classes: each((id) => id % 2) }), tokenizer },
  {
    model: text(small(), { kind: 'adaptive', cutoffs: [2], factor: 2, order: each((id) => vocabSize - 1 - id) }),
    tokenizer,
  },
  { model: text(small(), { kind: 'sampled', samples: 2, noise: each((id) => id) }), tokenizer },
  {
    model: seq2seq({
      encoder: bidirectional(gru({ inputSize: 3, hiddenSize: 4 }), gru({ inputSize: 3, hiddenSize: 4 })),
      decoder: lstm({ inputSize: 3 + 4, hiddenSize: 4 }),
      attention: additiveAttention({ querySize: 4, memorySize: 8, size: 5 }),
      ...both,
    }),
    tokenizers: both,
  },
  {
    model: classifier({
      encoder: layer(gru({ inputSize: 3, hiddenSize: 4 })),
      vocabulary: tokenizer,
      classes: ['calm', 'loud'],
      pooling: additiveAttention({ querySize: 2, memorySize: 4, size: 3 }),
    }),
    tokenizer,
  },
  { model: memoryNetwork({ vocabulary: ['', 'a', 'b'], embeddingSize: 2, memorySize: 3 }) },
];

const folders = await Promise.all(
  SAVED.map(async ({ model, ...rest }) => {
    const params = tree.tidy(() => model.init(Rng.seeded(1)));
    const files = await modelFiles({ model, params, ...rest, metadata: { text: 'hello', loss: 2.5 } });
    tree.dispose(params);
    return { kind: model.name as keyof Models, files };
  }),
);

async function storageOf(files: { readonly [name: string]: Uint8Array }): Promise<Storage> {
  const storage = memoryStorage();
  await writeTogether(storage, files);
  return storage;
}

async function load(storage: Storage, kind: keyof Models): Promise<void> {
  const { model, params, metadata } = await loadModel(storage, { kind });
  try {
    if (model.name !== kind || typeof metadata !== 'object' || metadata === null) throw new Unusable('another model');
    for (const leaf of tree.leaves(params)) if (leaf.size > 1e6) throw new Unusable('larger than its file');
  } finally {
    tree.dispose(params);
  }
}

const [first] = folders as [(typeof folders)[number]];
const whole = await storageOf(first.files);

const safetensors: Kind = {
  name: 'safetensors',
  examples: folders.map(({ files }) => files[WEIGHTS] as Uint8Array),
  where: /^w\.safetensors: /,
  read: (bytes) => void decodeSafetensors(bytes, 'w.safetensors'),
  json: sealedHeader,
};

const modelJson = folders.map(
  ({ kind, files }, i): Kind => ({
    name: `${MODEL} ${i} (${kind})`,
    examples: [files[MODEL] as Uint8Array],
    where: /memory:m(odel|anifest)\./,
    read: async (bytes) => load(await storageOf({ ...files, [MODEL]: bytes }), kind),
    json: plainJson,
  }),
);

const modelWeights: Kind = {
  name: WEIGHTS,
  examples: [first.files[WEIGHTS] as Uint8Array],
  where: /memory:model\./,
  async read(bytes) {
    await load(await storageOf({ ...first.files, [WEIGHTS]: bytes }), first.kind);
  },
  json: sealedHeader,
};

const manifest: Kind = {
  name: MANIFEST,
  examples: [await whole.read(MANIFEST)],
  where: /memory:m/,
  async read(bytes) {
    const storage = await storageOf(first.files);
    await storage.write(MANIFEST, bytes);
    await readTogether(storage, [MODEL, WEIGHTS]);
  },
  json: sealedManifest,
};

/** A run whose state has all parts: a curriculum, a plateau, the best parameters. */
const model = languageModel(gru({ inputSize: 2, hiddenSize: 2 }), { vocabSize });
const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 0.01 }));
const rows = { batchesPerEpoch: 3, batch: () => ({ inputs: ids(), targets: ids() }) };
const ids = () => tensor2d([[1, 2]], undefined, 'int32');
const run = {
  model,
  optimizer,
  batches: rows,
  validation: { ...rows, batchesPerEpoch: 1 },
  evaluateEvery: 1,
  seed: 1,
  plateau: plateau(),
  curriculum: naiveCurriculum({ easiest: { length: 1 }, target: { length: 9 } }),
  earlyStopping: { patience: 100 },
};

async function trainingFile(): Promise<Uint8Array> {
  const storage = memoryStorage();
  const { state } = await train({ ...run, updates: 3 });
  await saveTraining(storage, state);
  disposeTraining(state);
  return storage.read(TRAINING);
}

/** Loads a state and trains one update further. */
async function resume(bytes: Uint8Array): Promise<void> {
  const storage = await storageOf({ [TRAINING]: bytes });
  const state = await loadTraining(storage, { model, optimizer });
  try {
    const { step } = state.progress;
    const more = await train({ ...run, resume: state, seed: state.progress.seed as number, updates: step + 1 });
    disposeTraining(more.state as unknown as TrainingState);
  } catch (error) {
    // Whether the run is that of the file, and learns, is for training to say.
    throw error instanceof Error && /^train: /.test(error.message)
      ? new DataError(`${TRAINING}: ${error.message.slice(0, 350)}`)
      : error;
  } finally {
    disposeTraining(state);
  }
}

const training = { examples: [await trainingFile()], where: /training\.safetensors: /, read: resume };

export const models: readonly Kind[] = [
  safetensors,
  ...modelJson,
  modelWeights,
  manifest,
  { name: TRAINING, ...training, json: sealedHeader },
  { name: `${TRAINING}: progress`, ...training, json: sealedMetadata('progress') },
];
