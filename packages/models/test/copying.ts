import { additiveAttention } from '@elman/attention';
import { gru } from '@elman/cells';
import { type BatchSource, Rng } from '@elman/core';
import { bidirectional } from '@elman/rnn';
import { tensor2d } from '@tensorflow/tfjs-core';
import { type Seq2seqBatch, seq2seq } from '../src/index.ts';

const V = 6;
const START = 0;

/** Copying of symbols 1 to 5; rows of several lengths. */
export function copying(seed: string, longest: number, batchSize = 16): BatchSource<Seq2seqBatch> {
  return {
    batchesPerEpoch: 1000,
    batch(_, index) {
      const rng = Rng.seeded(seed).fork(index);
      const rows = Array.from({ length: batchSize }, () => {
        const length = 1 + rng.integer(longest);
        return Array.from({ length: longest }, (_, t) => (t < length ? 1 + rng.integer(V - 1) : 0));
      });
      const mask = rows.map((row) => row.map((id) => (id > 0 ? 1 : 0)));
      return {
        sources: tensor2d(rows, undefined, 'int32'),
        sourceMask: tensor2d(mask),
        inputs: tensor2d(
          rows.map((row) => [START, ...row.slice(0, -1)]),
          undefined,
          'int32',
        ),
        targets: tensor2d(rows, undefined, 'int32'),
        mask: tensor2d(mask),
      };
    },
  };
}

export const sizes = { source: { vocabSize: V }, target: { vocabSize: V } };
export const encoder = () =>
  bidirectional(gru({ inputSize: 8, hiddenSize: 12 }), gru({ inputSize: 8, hiddenSize: 12 }));
export const attending = () =>
  seq2seq({
    ...sizes,
    encoder: encoder(),
    decoder: gru({ inputSize: 8 + 16, hiddenSize: 16 }),
    attention: additiveAttention({ querySize: 16, memorySize: 24, size: 16 }),
  });
export const forgetful = () =>
  seq2seq({ ...sizes, encoder: encoder(), decoder: gru({ inputSize: 8, hiddenSize: 16 }) });
