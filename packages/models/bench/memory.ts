/**
 * Memory over updates of an LSTM language model: tensors, and the heap and the resident set of the process after a
 * collection.
 *
 *   node --conditions=source --expose-gc packages/models/bench/memory.ts [updates]      (Node ≥ 22.18; ELMAN_BACKEND=cpu, wasm, node)
 *
 * All are flat when nothing leaks. The resident set grows at first, while the engine compiles and the heap finds its size.
 */
import { type BackendName, selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { Rng } from '@elman/core';
import { tokenStream } from '@elman/data';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { disposeTraining, train } from '@elman/train';
import { memory } from '@tensorflow/tfjs-core';
import { languageModel } from '../src/index.ts';

const updates = Number(process.argv[2] ?? 2000);
const { name } = await selectBackend(process.env.ELMAN_BACKEND as BackendName | undefined);
const vocabSize = 32;
const rng = Rng.seeded('text');
const text = Int32Array.from({ length: 20_000 }, () => rng.integer(vocabSize));
const { gc } = globalThis as { gc?: () => void };

console.log(`backend ${name}\nupdates  tensors  heap MB  resident MB`);
const { state } = await train({
  model: languageModel(lstm({ inputSize: 16, hiddenSize: 32 }), { vocabSize }),
  batches: tokenStream(text, { batchSize: 8, windowLength: 16 }),
  optimizer: chain(clipByGlobalNorm(5), adam({ learningRate: 0.002 })),
  updates,
  seed: 1,
  onUpdate({ step }) {
    if (step % Math.ceil(updates / 10) !== 0) return;
    gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const [heap, resident] = [heapUsed, rss].map((bytes) => (bytes / 2 ** 20).toFixed(1));
    console.log(
      [`${step}`.padStart(7), `${memory().numTensors}`.padStart(7), heap?.padStart(7), resident?.padStart(11)].join(
        '  ',
      ),
    );
  },
});
disposeTraining(state);
