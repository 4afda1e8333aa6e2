import { gru, lstm } from '@elman/cells';
import { Rng } from '@elman/core';
import { stack } from '@elman/rnn';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { vectorToSequence } from '../src/index.ts';

export const vocabulary = { vocabSize: 5 };
export const gruFor = (inputSize: number) => gru({ inputSize, hiddenSize: 6 });
/** A model for each way of conditioning. */
export const conditionings = {
  input: () => vectorToSequence({ decoder: gruFor(4 + 3), vectorSize: 3, vocabulary, conditioning: 'input' }),
  state: () =>
    vectorToSequence({
      decoder: stack([lstm({ inputSize: 4, hiddenSize: 3 }), gru({ inputSize: 3, hiddenSize: 5 })]),
      vectorSize: 3,
      vocabulary,
      conditioning: 'state',
      labelSmoothing: 0.1,
    }),
  both: () => vectorToSequence({ decoder: gruFor(4 + 2), vectorSize: 3, vocabulary, featureSize: 2, dropout: 0.3 }),
};
const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
/** Vectors with rows of 4, 2 and 3 tokens, padded with `filler`. */
export const described = (filler = 0) => ({
  vectors: Rng.seeded('vectors').tensor([3, 3], (r) => r.normal()) as Tensor2D,
  inputs: ids([
    [0, 1, 2, 3],
    [0, 4, filler, filler],
    [0, 3, 3, filler],
  ]),
  targets: ids([
    [1, 2, 3, 0],
    [4, 0, filler, filler],
    [3, 3, 0, filler],
  ]),
  mask: tensor2d([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0], [3, 4]),
});
