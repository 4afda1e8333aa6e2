import { additiveAttention } from '@elman/attention';
import { gru, lstm } from '@elman/cells';
import { Rng, type Tree } from '@elman/core';
import { bidirectional, deep, layer, type SequenceLayer } from '@elman/rnn';
import { type Tensor, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { classifier, regressor, tagger } from '../src/index.ts';

export const V = 5;
const vocabulary = { vocabSize: V };
const asLayer = (made: unknown) => made as SequenceLayer<Tree, Tree>;
export const both = (): SequenceLayer<Tree, Tree> =>
  asLayer(bidirectional(gru({ inputSize: 3, hiddenSize: 4 }), lstm({ inputSize: 3, hiddenSize: 2 })));
const onTop = () => asLayer(deep([both(), layer(gru({ inputSize: 6, hiddenSize: 4 }), { direction: 'backward' })]));
export const attention = (memorySize: number) => additiveAttention({ querySize: 3, memorySize, size: 4 });

/** Rows of 4, 1 and 2 frames. */
export const sequences: readonly number[][] = [[1, 2, 3, 4], [2], [0, 3]];
export const frames: readonly number[][][] = sequences.map((row, i) =>
  row.map((_, t) => {
    const rng = Rng.seeded('frames').fork(i).fork(t);
    return [rng.normal(), rng.normal(), rng.normal()];
  }),
);

/** Padded to `time`. */
const fill = <T>(rows: readonly (readonly T[])[], time: number, filler: T): T[][] =>
  rows.map((row) => [...row, ...Array<T>(time - row.length).fill(filler)]);

export const batches = {
  ids: (time: number, filler: number): Tensor => tensor2d(fill(sequences, time, filler), undefined, 'int32'),
  frames: (time: number, filler: number): Tensor => tensor(fill(frames, time, [filler, filler, filler])),
  mask: (time: number) =>
    tensor2d(
      fill(
        sequences.map((row) => row.map(() => 1)),
        time,
        0,
      ),
    ),
  classes: () => tensor1d([1, 0, 1], 'int32'),
  tags: (time: number, filler: number) =>
    tensor2d(
      fill(
        sequences.map((row) => row.map((_, t) => t % 2)),
        time,
        filler,
      ),
      undefined,
      'int32',
    ),
  numbers: () =>
    tensor2d([
      [1, -2],
      [0.5, 0],
      [3, 1],
    ]),
  numbersOfFrames: (time: number, filler: number) =>
    tensor(
      fill(
        sequences.map((row) => row.map((id) => [id / 2, -id])),
        time,
        [filler, filler],
      ),
    ),
};

export type Kind = {
  readonly make: () => ReturnType<typeof classifier> | ReturnType<typeof tagger> | ReturnType<typeof regressor>;
  readonly inputs: 'ids' | 'frames';
  readonly targets: 'classes' | 'tags' | 'numbers' | 'numbersOfFrames';
};

/** Every kind of model that reads, over ids and over frames. */
export const kinds: { readonly [name: string]: Kind } = {
  'a classifier by the last states of a deep encoder': {
    make: () => classifier({ encoder: onTop(), vocabulary, classes: 3 }),
    inputs: 'ids',
    targets: 'classes',
  },
  'a classifier by last outputs': {
    make: () =>
      classifier({ encoder: onTop(), vocabulary, classes: ['no', 'yes'], pooling: 'last', labelSmoothing: 0.1 }),
    inputs: 'ids',
    targets: 'classes',
  },
  'a classifier by means': {
    make: () => classifier({ encoder: both(), vocabulary, classes: 3, pooling: 'mean', dropout: 0.5 }),
    inputs: 'ids',
    targets: 'classes',
  },
  'a classifier by maxima of frames': {
    make: () => classifier({ encoder: both(), classes: 3, pooling: 'max' }),
    inputs: 'frames',
    targets: 'classes',
  },
  'a classifier by attention': {
    make: () => classifier({ encoder: both(), vocabulary, classes: 3, pooling: attention(6) }),
    inputs: 'ids',
    targets: 'classes',
  },
  'a tagger': {
    make: () => tagger({ encoder: both(), vocabulary, classes: ['a', 'b', 'c'] }),
    inputs: 'ids',
    targets: 'tags',
  },
  'a tagger of frames': {
    make: () => tagger({ encoder: onTop(), classes: 2 }),
    inputs: 'frames',
    targets: 'tags',
  },
  'a regressor': {
    make: () => regressor({ encoder: both(), vocabulary, outputSize: 2, pooling: 'mean' }),
    inputs: 'ids',
    targets: 'numbers',
  },
  'a regressor of each frame': {
    make: () => regressor({ encoder: onTop(), outputSize: 2, of: 'frame' }),
    inputs: 'frames',
    targets: 'numbersOfFrames',
  },
};

/** A batch of a kind, padded to `time` with `filler`. */
export const batchOf = ({ inputs, targets }: Kind, time = 4, filler = 1) => ({
  inputs: batches[inputs](time, filler),
  targets: batches[targets](time, filler),
  mask: batches.mask(time),
});
