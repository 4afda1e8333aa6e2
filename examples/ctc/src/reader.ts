import { type Rng, type Sequence, type Tree, tree } from '@elman/core';
import { ctcLoss } from '@elman/ctc';
import { type DenseParams, dense } from '@elman/nn';
import type { SequenceLayer } from '@elman/rnn';
import { type Scalar, scalar } from '@tensorflow/tfjs-core';
import type { StrokeBatch } from './strokes.ts';
import { BLANK, CLASSES } from './words.ts';

/** Of the layer, and of the linear map from its outputs to the classes. */
export type ReaderParams<P extends Tree> = { readonly layer: P; readonly output: DenseParams };

/** A layer over the frames and a linear map to classes, trained by `train` to read words: nobody says which frames are which letter. */
export function reader<P extends Tree, S extends Tree>(layer: SequenceLayer<P, S>) {
  const output = dense({ inputSize: layer.outputSize, outputSize: CLASSES });
  type Params = ReaderParams<P>;
  /** [batch, time, classes] */
  const logits = (params: Params, { inputs, mask }: StrokeBatch): Sequence =>
    tree.tidy(() => output.apply(params.output, layer.run(params.layer, inputs, { mask }).outputs));
  return {
    logits,
    init: (rng: Rng): Params => ({ layer: layer.init(rng.fork('layer')), output: output.init(rng.fork('output')) }),
    initialState: (): readonly never[] => [],
    batchSize: ({ inputs }: StrokeBatch): number => inputs.shape[0],
    /** Nats for each letter. */
    loss(params: Params, batch: StrokeBatch): { loss: Scalar; count: Scalar; state: readonly never[] } {
      const { mask, labels, labelLengths: targetLengths } = batch;
      return tree.tidy(() => ({
        loss: ctcLoss(logits(params, batch), labels, { mask, targetLengths, blank: BLANK }),
        count: scalar(batch.inputs.shape[0]),
        state: [],
      }));
    },
  };
}
