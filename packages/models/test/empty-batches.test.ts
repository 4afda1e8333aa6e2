/** Batches of no rows or no frames are refused in one line, wherever they come in; no prompts give no texts. */
import { feedForward, gru, jordan, lstm, peepholeLstm, resetBeforeGru, simpleRnn } from '@elman/cells';
import { type Cell, Rng, ShapeError, type Tree } from '@elman/core';
import { beamSearch, contrastiveSearch, generate, score, stochasticBeamSearch } from '@elman/decoding';
import {
  bidirectional,
  deep,
  dropout,
  layer,
  residual,
  type SequenceLayer,
  scanFrames,
  stack,
  unroll,
} from '@elman/rnn';
import { characterTokenizer } from '@elman/tokenizers';
import { type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { classifier, framePredictor, languageModel, regressor, seq2seq, tagger } from '../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 3 };
const rng = Rng.seeded(1);
const EMPTY: readonly (readonly [number, number, RegExp])[] = [
  [0, 4, /inputs: expected one row or more, got \[0, 4, 3\]\.$/],
  [2, 0, /inputs: expected one frame or more, got \[2, 0, 3\]\.$/],
];

function expectRefused(
  run: () => unknown,
  message: RegExp = /^[^\n]*expected one (row|frame) or more, got [^\n]*\.$/,
): void {
  expect(run).toThrow(ShapeError);
  expect(run).toThrow(message);
}

const cells = [gru, jordan, lstm, peepholeLstm, resetBeforeGru, simpleRnn, feedForward].map((make) => make(sizes));
const combined = [stack([lstm(sizes), gru(sizes)]), dropout(lstm(sizes), { output: 0.5 }), residual(gru(sizes))];
const layers = [
  layer(lstm(sizes), { direction: 'backward' }),
  bidirectional(lstm(sizes), gru(sizes)),
  deep([bidirectional(gru(sizes), gru(sizes), { merge: 'sum' }), layer(gru(sizes))]),
];

describe('a batch without rows or frames is refused in one line', () => {
  for (const cell of [...cells, ...combined] as unknown as Cell<Tree, Tree>[]) {
    it(`by ${cell.name}`, () => {
      const params = cell.init(rng);
      for (const [batch, time, message] of EMPTY) {
        const inputs = zeros([batch, time, 3]) as never;
        expectRefused(() => unroll(cell, params, inputs), message);
        expectRefused(() => unroll(cell, params, inputs, { mask: zeros([batch, time]), reverse: true, rng }), message);
      }
    });
  }

  for (const sequenceLayer of layers as unknown as SequenceLayer<Tree, Tree>[]) {
    it(`by ${sequenceLayer.name}`, () => {
      const params = sequenceLayer.init(rng);
      for (const [batch, time, message] of EMPTY) {
        expectRefused(() => sequenceLayer.run(params, zeros([batch, time, 3])), message);
      }
    });
  }

  it('by scanFrames', () => {
    for (const [batch, time, message] of EMPTY) {
      const frame = (state: Tree, output: Tensor2D) => ({ output, state });
      expectRefused(() => scanFrames(frame, zeros([batch, 3]), zeros([batch, time, 3])), message);
    }
  });

  const tokenizer = characterTokenizer.fromText('abc');
  const language = languageModel(gru(sizes), tokenizer);
  const encoder = layer(gru(sizes)) as unknown as SequenceLayer<Tree, Tree>;
  const ids = (...shape: number[]) => zeros(shape, 'int32') as never;

  it('by a language model', () => {
    const params = language.init(rng);
    for (const [batch, time] of EMPTY) {
      const inputs = ids(batch, time);
      expectRefused(() => language.logits(params, inputs));
      const loss = (sampling: number) =>
        language.loss(params, { inputs, targets: inputs }, language.initialState(batch), { sampling, rng });
      expectRefused(() => loss(0));
      expectRefused(() => loss(0.5));
    }
  });

  it('by models that read', () => {
    for (const [batch, time, message] of EMPTY) {
      const inputs = zeros([batch, time, 3]);
      const classes = classifier({ encoder, classes: 2 });
      expectRefused(() => classes.loss(classes.init(rng), { inputs, targets: ids(batch) }, []), message);
      const numbers = regressor({ encoder, outputSize: 2 });
      const targets = zeros([batch, 2]) as never;
      expectRefused(() => numbers.loss(numbers.init(rng), { inputs, targets }, []), message);
      const tags = tagger({ encoder, classes: 2 });
      expectRefused(() => tags.loss(tags.init(rng), { inputs, targets: ids(batch, time) }, []), message);
      const frames = framePredictor(gru(sizes));
      const window = { inputs: inputs as never, targets: inputs as never };
      expectRefused(() => frames.loss(frames.init(rng), window, frames.initialState(batch), {}), message);
    }
  });

  it('by a translator', () => {
    const model = seq2seq({
      encoder: layer(gru(sizes)),
      decoder: gru(sizes),
      source: { vocabSize: 5 },
      target: { vocabSize: 4 },
    } as never);
    const params = model.init(rng);
    expectRefused(() => model.bind(params, ids(0, 4)));
    expectRefused(() => model.loss(params, { sources: ids(0, 4), inputs: ids(0, 3), targets: ids(0, 3) }, [] as never));
  });

  it('but no prompts give no texts', async () => {
    const model = language.bind(language.init(rng));
    const options = { model, prompts: [], maximumTokens: 3, beamWidth: 2, seed: 1 };
    for (const decode of [generate, beamSearch, stochasticBeamSearch, contrastiveSearch]) {
      expect(await decode(options as never)).toEqual([]);
    }
    expect(await score({ model, prompts: [], continuations: [] })).toEqual([]);
  });
});
