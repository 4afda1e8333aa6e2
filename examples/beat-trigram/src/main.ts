/**
 * An LSTM of 128 units against a trigram model with Kneser–Ney smoothing, on the same text, vocabulary and split:
 * held-out bits per character after ten minutes. `pnpm --filter beat-trigram start [minutes [file]]`
 */
import { cpus } from 'node:os';
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { split, tokenStream } from '@elman/data';
import { bitsPerCharacter, languageModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { characterTokenizer } from '@elman/tokenizers';
import { disposeTraining, evaluate, train } from '@elman/train';
import { corpus } from './corpus.ts';
import { bitsPerToken, kneserNey } from './kneser-ney.ts';

const minutes = Number(process.argv[2] ?? 10);
const seed = 1;

const { text, sha256 } = corpus(process.argv[3]);
const parts = split(text, { validation: 0.05, test: 0.05 });
const tokenizer = characterTokenizer.fromText(parts.train);
const [ids, validation, test] = [parts.train, parts.validation, parts.test].map((part) => tokenizer.encode(part)) as [
  Int32Array,
  Int32Array,
  Int32Array,
];
const backend = await selectBackend();
console.log(`Text: ${text.length} characters, SHA-256 ${sha256.slice(0, 16)}…, ${tokenizer.vocabSize} different ones.`);
console.log(`Node ${process.version}, backend ${backend.name}, ${cpus().length} × ${cpus()[0]?.model}.`);

const began = performance.now();
for (const order of [2, 3, 4, 5]) {
  const bits = bitsPerToken(kneserNey(ids, tokenizer.vocabSize, order), test);
  console.log(`Kneser–Ney, order ${order}: ${bits.toFixed(3)} bits per character on held-out text.`);
}

const model = languageModel(lstm({ inputSize: 64, hiddenSize: 128 }), tokenizer);
const started = performance.now();
const seconds = (): number => (performance.now() - started) / 1000;
const halvings = (): number => Math.floor((3 * seconds()) / (60 * minutes));
let lastLine = 0;
let losses = 0;
let lossesSince = 0;
const result = await train({
  model,
  batches: tokenStream(ids, { batchSize: 50, windowLength: 50 }),
  // The clock decides when the rate is halved, so this run is not one to repeat bit for bit.
  optimizer: chain(clipByGlobalNorm(5), adam({ learningRate: () => 0.005 * 0.4 ** halvings() })),
  updates: Number.MAX_SAFE_INTEGER,
  seed,
  signal: AbortSignal.timeout(60_000 * minutes),
  onUpdate({ step, epoch, loss }) {
    losses += loss;
    lossesSince += 1;
    if (seconds() - lastLine < 30) return;
    lastLine = seconds();
    const bits = bitsPerCharacter(losses / lossesSince).toFixed(3);
    console.log(
      `${seconds().toFixed(0)} s: update ${step}, epoch ${epoch + 1}: ${bits} bits per character in training`,
    );
    [losses, lossesSince] = [0, 0];
  },
});
for (const [name, part] of Object.entries({ validation, test })) {
  const batches = tokenStream(part, { batchSize: 10, windowLength: 100, remainder: 'keep' });
  const { loss } = await evaluate(model, result.params, batches);
  console.log(
    `LSTM of 128, ${result.state.progress.step} updates: ${bitsPerCharacter(loss).toFixed(3)} bits per character (${name}).`,
  );
}
console.log(`${((performance.now() - began) / 60_000).toFixed(1)} minutes in all, seed ${seed}.`);
disposeTraining(result.state);
