/**
 * An LSTM of 128 units against trigram and other n-gram models with Kneser–Ney smoothing, on the same text, vocabulary and
 * split: bits per character on text that neither has seen. `pnpm --filter beat-trigram start [updates [file]]`
 */
import { cpus } from 'node:os';
import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { split, tokenStream } from '@elman/data';
import { bitsPerCharacter, languageModel } from '@elman/models';
import { countNgrams, evaluate, kneserNey } from '@elman/ngram';
import { adam, chain, clipByGlobalNorm, cosine, warmup } from '@elman/optim';
import { characterTokenizer } from '@elman/tokenizers';
import { disposeTraining, train } from '@elman/train';
import { corpus } from './corpus.ts';

const updates = Number(process.argv[2] ?? 9000);
const seed = 1;

const { text, sha256 } = corpus(process.argv[3]);
const parts = split(text, { validation: 0, test: 0.05 });
// The vocabulary is that of the whole text, so that every character of the test is predicted and none is <unk>.
const tokenizer = characterTokenizer.fromText(text);
const [ids, test] = [tokenizer.encode(parts.train), tokenizer.encode(parts.test)];
const backend = await selectBackend();
console.log(`${text.length} characters (SHA-256 ${sha256.slice(0, 16)}…), ${tokenizer.vocabSize} different ones`);
console.log(`Node ${process.version}, ${backend.name} (${backend.device}), ${cpus().length} × ${cpus()[0]?.model}`);
console.log(`bits per character on the last 5 % of the text:`);

for (const order of [2, 3, 4, 5]) {
  const counts = countNgrams(ids, { vocabSize: tokenizer.vocabSize, order });
  const { bits } = evaluate(kneserNey(counts), test);
  console.log(`  Kneser–Ney, order ${order}: ${bits.toFixed(3)}`);
}

const started = performance.now();
const minutes = (): string => ((performance.now() - started) / 60_000).toFixed(1);
const heldOut = tokenStream(test, { batchSize: 10, windowLength: 100, remainder: 'keep' });
const learningRate = warmup({ steps: 100, next: cosine({ initial: 0.015, final: 0.0003, steps: updates - 100 }) });
const { state } = await train({
  model: languageModel(lstm({ inputSize: 64, hiddenSize: 128 }), tokenizer),
  batches: tokenStream(ids, { batchSize: 32, windowLength: 32 }),
  validation: heldOut,
  optimizer: chain(clipByGlobalNorm(5), adam({ learningRate })),
  updates,
  evaluateEvery: Math.ceil(updates / 6),
  seed,
  onEvaluation({ step, loss }) {
    console.log(`  LSTM of 128, update ${step}, ${minutes()} minutes: ${bitsPerCharacter(loss).toFixed(3)}`);
  },
});
disposeTraining(state);
