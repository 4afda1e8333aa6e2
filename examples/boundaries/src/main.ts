/**
 * A hierarchical multiscale LSTM learns to predict the characters of a text. Then its boundaries in held-out text, of which it was never
 * told: how often they are at the ends of words, beside as many boundaries placed at random.
 *
 *   pnpm --filter boundaries start [--text FILE --updates 2000 --layers 2 --size 128 --bias 0.5 --slopes 1,2,3,4,5
 *     --seed 1 --out runs/boundaries --resume]
 *
 * Ctrl-C ends the training early; `--resume` with the same options continues it.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { folderStorage } from '@elman/checkpoint/node';
import { tree } from '@elman/core';
import { split, tokenStream } from '@elman/data';
import { readText } from '@elman/data/node';
import { bitsPerCharacter } from '@elman/models';
import { characterTokenizer } from '@elman/tokenizers';
import { disposeTraining, evaluate, loadTraining, saveTraining, train } from '@elman/train';
import { annealed, optimizerFor } from './model.ts';
import { readBoundaries } from './read-boundaries.ts';
import { marked, places, score } from './score.ts';

process.on('uncaughtException', ({ message }) => {
  console.error(`boundaries: ${message}`);
  process.exit(1);
});
const string = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    text: string,
    updates: string,
    layers: string,
    size: string,
    bias: string,
    slopes: string,
    seed: string,
    out: string,
    resume: { type: 'boolean' },
  },
});
const settings = {
  layers: Number(values.layers ?? 2),
  hiddenSize: Number(values.size ?? 128),
  boundaryBias: Number(values.bias ?? 0.5),
  slopes: (values.slopes ?? '1,2,3,4,5').split(',').map(Number),
  updates: Number(values.updates ?? 2000),
};
const { updates } = settings;
const seed = values.seed ?? '1';

// Without a file: the documented declarations of the DOM, which are on every machine where this workspace is installed.
const file = values.text ?? fileURLToPath(import.meta.resolve('typescript/lib/lib.dom.d.ts'));
const text = await readText(file);
const tokenizer = characterTokenizer.fromText(text);
const parts = split(tokenizer.encode(text), { validation: 0.05, test: 0 });
const heldOut = parts.validation.subarray(0, 40_000);
const { name, device } = await selectBackend();
console.log(`Node ${process.version}, ${name} (${device}), ${cpus().length} × ${cpus()[0]?.model}`);

const { model, modelAt, slopeAt } = annealed(tokenizer, settings);
const optimizer = optimizerFor(settings);
const storage = folderStorage(values.out ?? 'runs/boundaries');
const resume = values.resume ? await loadTraining(storage, { model, optimizer }) : undefined;
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
let [sum, count] = [0, 0];
const { params, state } = await train({
  model,
  modelAt,
  batches: tokenStream(parts.train, { batchSize: 32, windowLength: 32 }),
  optimizer,
  updates,
  seed,
  resume,
  saveEvery: 200,
  save: (now) => saveTraining(storage, now),
  signal: stop.signal,
  onUpdate({ step, loss }) {
    [sum, count] = [sum + loss, count + 1];
    if (step % Math.ceil(updates / 10) !== 0) return;
    const bits = bitsPerCharacter(sum / count).toFixed(2);
    console.log(`update ${step}: ${bits} bits per character, slope ${slopeAt(step - 1)}, ${seconds()}`);
    [sum, count] = [0, 0];
  },
});

const { loss } = await evaluate(
  model,
  params,
  tokenStream(heldOut, { batchSize: 10, windowLength: 100, remainder: 'keep' }),
);
console.log(`held out: ${bitsPerCharacter(loss).toFixed(2)} bits per character`);
console.log(`${tree.size(params)} parameters, ${state.progress.step} updates\n`);

const lanes = 20;
const layers = await readBoundaries(model, params, heldOut, lanes);
const characters = Array.from(heldOut, (id) => tokenizer.decode([id]));
const percent = (part: number): string => (Number.isNaN(part) ? 'none' : `${(100 * part).toFixed(1)} %`);
console.log(`| layer | boundaries at | precision | chance | recall | chance |`);
console.log(`| --- | --- | --- | --- | --- | --- |`);
layers.forEach((boundaries, layer) => {
  for (const [where, isPlace] of Object.entries(places)) {
    const { precision, placeRate, recall, boundaryRate } = score(boundaries, characters, isPlace);
    const cells = [precision, placeRate, recall, boundaryRate].map(percent);
    console.log(`| ${[layer + 1, where, ...cells].join(' | ')} |`);
  }
});
const from = 300;
for (const [layer, boundaries] of layers.entries()) {
  const line = marked(characters.slice(from, from + 200), boundaries.subarray(from, from + 200));
  console.log(`\nlayer ${layer + 1}: ${line}`);
}
disposeTraining(state);
if (resume !== undefined) disposeTraining(resume);
