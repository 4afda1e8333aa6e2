/**
 * Handwriting recognition from the strokes of a pen. Letters have different lengths, run into each other, and have no
 * segmentation: the loss is −log P(word), summed over all its alignments with the frames. Then held-out words are
 * decoded by the best path, by a prefix beam search, and by that search with a language model of letters.
 *
 *   pnpm --filter ctc start [--updates 3000 --noise 0.2 --words 1000 --seed 1]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { gru } from '@elman/cells';
import { heatMap, toText } from '@elman/charts';
import { Rng, type Sequence, tree } from '@elman/core';
import { ctcAlign, ctcGreedy, ctcPrefixBeam } from '@elman/ctc';
import { characterErrorRate, exactMatch } from '@elman/metrics';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { bidirectional } from '@elman/rnn';
import { disposeTraining, train } from '@elman/train';
import { softmax } from '@tensorflow/tfjs-core';
import { trigrams } from './letters.ts';
import { reader } from './reader.ts';
import { batchOf, type Strokes, strokeBatches, write } from './strokes.ts';
import { BLANK, CLASSES, labelsOf, makeWords, wordOf } from './words.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({ options: { updates: string, noise: string, words: string, seed: string } });
const [updates, noise, heldOut] = [values.updates ?? 3000, values.noise ?? 0.2, values.words ?? 1000].map(Number) as [
  number,
  number,
  number,
];
const seed = values.seed ?? '1';
await selectBackend();

const words = makeWords(5000 + heldOut, Rng.seeded(`words ${seed}`));
const known = words.slice(1000 + heldOut);
const validation = written(words.slice(heldOut, heldOut + Math.min(300, heldOut)), 'validation');
const test = written(words.slice(0, heldOut), 'test');

const cell = () => gru({ inputSize: 2, hiddenSize: 64 });
const model = reader(bidirectional(cell(), cell()));
const began = performance.now();
const { params, state } = await train({
  model,
  batches: strokeBatches(known, { batchSize: 32, noise, seed: `train ${seed}` }),
  optimizer: chain(
    clipByGlobalNorm(1),
    adam({ learningRate: cosine({ initial: 0.005, final: 1e-4, steps: updates }) }),
  ),
  updates,
  seed,
  onUpdate({ step, loss }) {
    if (step % Math.ceil(updates / 8) === 0) console.log(`update ${step}: ${loss.toFixed(3)} nats per letter`);
  },
});
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(`${tree.size(params)} parameters, ${updates} updates (${seconds} s)\n`);

// The weights of the language model and of the length are tuned on words that are neither trained on nor tested on.
const letters = trigrams(known);
let language = { languageModel: letters, alpha: 0, beta: 0 };
let lowest = Number.POSITIVE_INFINITY;
for (const alpha of [0.25, 0.5, 0.75, 1]) {
  for (const beta of [0, 0.5, 1, 2]) {
    const tried = { languageModel: letters, alpha, beta };
    const { letters: wrong } = errors(validation.words, await byBeam(validation, tried));
    if (wrong < lowest) [lowest, language] = [wrong, tried];
  }
}

const shown = test.words.findIndex(({ length }) => length >= 6 && length <= 8);
console.log(`| decoder | wrong letters | wrong words |\n| --- | --- | --- |`);
const { mask } = test.batch;
const greedy = await withLogits(test, (logits) => ctcGreedy(logits, { mask }));
row(
  'the best path',
  greedy.map(({ labels }) => wordOf(labels)),
);
row('prefix beam, 16 wide', await byBeam(test, {}));
row(`the same, with trigrams (alpha ${language.alpha}, beta ${language.beta})`, await byBeam(test, language));
console.log(`\n${await picture(shown)}`);
disposeTraining(state);
for (const { batch } of [validation, test]) tree.dispose(batch);

/** Words with newly drawn strokes. */
function written(of: readonly string[], name: string) {
  const rng = Rng.seeded(`${name} ${seed}`);
  const strokes = of.map((word) => write(word, noise, rng));
  return { words: of, strokes, batch: batchOf(of, strokes) };
}

async function withLogits<T>({ batch }: typeof test, f: (logits: Sequence) => Promise<T>): Promise<T> {
  const logits = model.logits(params, batch);
  try {
    return await f(logits);
  } finally {
    logits.dispose();
  }
}

async function byBeam(of: typeof test, options: Parameters<typeof ctcPrefixBeam>[1]): Promise<string[]> {
  const found = await withLogits(of, (logits) =>
    ctcPrefixBeam(logits, { ...options, mask: of.batch.mask, beamWidth: 16 }),
  );
  return found.map(([best]) => wordOf(best?.labels ?? []));
}

/** The letter error rate (edits over letters of the words), and the word error rate. */
function errors(of: readonly string[], read: readonly string[]) {
  return { letters: characterErrorRate(read, of), words: 1 - exactMatch(read, of) };
}

function row(name: string, read: readonly string[]): void {
  const wrong = errors(test.words, read);
  console.log(`| ${name} | ${(100 * wrong.letters).toFixed(2)}% | ${(100 * wrong.words).toFixed(1)}% |`);
}

/** The outputs of the net at each frame of a word, and the places of the letters. */
async function picture(of: number): Promise<string> {
  const word = test.words[of] as string;
  const one = batchOf([word], [test.strokes[of] as Strokes]);
  const logits = model.logits(params, one);
  const probabilities = tree.tidy(() => softmax(logits));
  const frames = await probabilities.data();
  const [aligned] = await ctcAlign(logits, [labelsOf(word)]);
  tree.dispose([one, logits, probabilities]);
  const classes = [...new Set([...labelsOf(word), BLANK])];
  const count = logits.shape[1];
  const chart = heatMap({
    title: `${word}, read as ${wordOf(greedy[of]?.labels ?? [])}`,
    rows: classes.map((label) => (label === BLANK ? '∅' : wordOf([label]))),
    columns: Array.from({ length: count }, (_, t) => `${t}`),
    values: classes.map((label) => Array.from({ length: count }, (_, t) => frames[t * CLASSES + label] as number)),
    labels: { rows: 'letter', columns: 'frame', values: 'probability' },
    from: 0,
    to: 1,
  });
  const spans = aligned?.spans.map(({ label, start }) => `${wordOf([label])} ${start}`).join(', ');
  return `${toText(chart, { width: 100, color: process.stdout.isTTY })}\n\nFrame of each letter: ${spans}`;
}
