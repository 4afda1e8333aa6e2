/**
 * Captions of small pictures: two objects of some colour, size and shape on 16 × 16 pixels, and a net that describes them and their
 * relation. One of ten pairs of objects is held out of training, so that its captions are new sentences.
 *
 *   pnpm --filter captions start [--conditioning both --updates 6000 --seed 1]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '@elman/backend';
import { gru } from '@elman/cells';
import { type BatchSource, OptionError, Rng } from '@elman/core';
import { caption, type VectorBatch, vectorBatch, vectorToSequence } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { withBoundary, wordTokenizer } from '@elman/tokenizers';
import { train } from '@elman/train';
import {
  captionOf,
  drawScene,
  inOtherWords,
  inPlainWords,
  PICTURE,
  pictureOf,
  type Scene,
  showPicture,
  WORDS,
} from './scenes.ts';

const string = { type: 'string' } as const;
const { values } = parseArgs({ options: { conditioning: string, updates: string, seed: string, test: string } });
const conditioning = values.conditioning ?? 'both';
if (conditioning !== 'input' && conditioning !== 'state' && conditioning !== 'both') {
  throw new OptionError(`captions: --conditioning: expected input, state or both, got ${conditioning}.`);
}
const [updates, count] = [Number(values.updates ?? 6000), Number(values.test ?? 1000)];
const seed = values.seed ?? '1';
await selectBackend();

const [units, featureSize, embeddingSize] = [96, 96, 16];
const tokenizer = withBoundary(wordTokenizer.fromText(WORDS));
const model = vectorToSequence({
  decoder: gru({ inputSize: embeddingSize + (conditioning === 'state' ? 0 : featureSize), hiddenSize: units }),
  vectorSize: PICTURE,
  featureSize,
  vocabulary: tokenizer,
  conditioning,
});

const batches: BatchSource<VectorBatch> = {
  batchesPerEpoch: 1000,
  batch(epoch, index) {
    const rng = Rng.seeded(`train ${seed}`).fork(epoch).fork(index);
    const rows = Array.from({ length: 64 }, () => {
      const scene = drawScene(rng, 'train');
      return { vector: pictureOf(scene, rng), target: tokenizer.encode(inOtherWords(rng, captionOf(scene))) };
    });
    return vectorBatch(rows, tokenizer.boundary);
  },
};

const began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
const every = Math.ceil(updates / 8);
let mean = 0;
const { params } = await train({
  model,
  batches,
  optimizer: chain(
    clipByGlobalNorm(1),
    adam({ learningRate: cosine({ initial: 0.003, final: 1e-4, steps: updates }) }),
  ),
  updates,
  seed,
  onUpdate({ step, loss }) {
    mean += loss / every;
    if (step % every !== 0) return;
    console.log(`update ${step}: ${mean.toFixed(4)} nats per word (${seconds()})`);
    mean = 0;
  },
});

/** A caption is right if it describes the scene, in any of its synonyms. */
const isRight = (text: string, scene: Scene): boolean => inPlainWords(text) === captionOf(scene);

let shown = '';
console.log('\n| correct captions | greedy | beam of 5 |\n| --- | --- | --- |');
for (const part of ['train', 'new'] as const) {
  const rng = Rng.seeded('test').fork(part);
  const scenes = Array.from({ length: count }, () => drawScene(rng, part));
  const pictures = scenes.map((scene) => pictureOf(scene, rng));
  const shares: string[] = [];
  for (const beamWidth of [1, 5]) {
    const said = await caption({ model, params, tokenizer }, pictures, { beamWidth });
    const right = said.filter(({ text }, i) => isRight(text, scenes[i] as Scene)).length;
    shares.push(`${((100 * right) / count).toFixed(1)} %`);
    if (part !== 'new' || beamWidth !== 5) continue;
    const wrong = said.findIndex(({ text }, i) => !isRight(text, scenes[i] as Scene));
    for (const i of new Set([0, 1, wrong])) {
      const found = said[i];
      if (found === undefined) continue;
      const verdict = isRight(found.text, scenes[i] as Scene) ? 'right' : `wrong: ${captionOf(scenes[i] as Scene)}`;
      shown += `\n${showPicture(pictures[i] as Float32Array)}\n${found.text} (${verdict})\n`;
    }
  }
  console.log(`| ${part === 'train' ? 'pairs as in training' : 'held-out pairs'} | ${shares.join(' | ')} |`);
}
console.log(shown);
