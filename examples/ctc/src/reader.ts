import { type Rng, type Sequence, type Tree, tree } from '@elman/core';
import { ctcLoss } from '@elman/ctc';
import { type DenseParams, dense } from '@elman/nn';
import type { SequenceLayer } from '@elman/rnn';
import { type Scalar, scalar } from '@tensorflow/tfjs-core';
import type { StrokeBatch } from './strokes.ts';
import { BLANK, CLASSES } from './words.ts';

/** Of the layer, and of the linear map from its outputs to the classes. */
export type ReaderParams<P extends Tree> = { readonly layer: P; readonly output: DenseParams };

/** What `train` drives, and its logits. */
export interface Reader<P extends Tree> {
  init(rng: Rng): ReaderParams<P>;
  /** Nothing is carried from batch to batch. */
  initialState(): readonly never[];
  batchSize(batch: StrokeBatch): number;
  /** [batch, time, classes] */
  logits(params: ReaderParams<P>, batch: StrokeBatch): Sequence;
  /** Nats per letter, the mean over the words. */
  loss(params: ReaderParams<P>, batch: StrokeBatch): { loss: Scalar; count: Scalar; state: readonly never[] };
}

/** A layer over the frames and a linear map to classes, trained by `train` with CTC, without aligned labels. */
export function reader<P extends Tree, S extends Tree>(layer: SequenceLayer<P, S>): Reader<P> {
  const output = dense({ inputSize: layer.outputSize, outputSize: CLASSES });
  const logits: Reader<P>['logits'] = (params, { inputs, mask }) =>
    tree.tidy(() => output.apply(params.output, layer.run(params.layer, inputs, { mask }).outputs));
  return {
    logits,
    init: (rng) => ({ layer: layer.init(rng.fork('layer')), output: output.init(rng.fork('output')) }),
    initialState: () => [],
    batchSize: ({ inputs }) => inputs.shape[0],
    loss(params, batch) {
      const { mask, labels, labelLengths: targetLengths } = batch;
      return tree.tidy(() => ({
        loss: ctcLoss(logits(params, batch), labels, { mask, targetLengths, blank: BLANK }),
        count: scalar(batch.inputs.shape[0]),
        state: [],
      }));
    },
  };
}
