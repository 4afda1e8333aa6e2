import { dispose, type TensorContainer } from '@tensorflow/tfjs-core';

/** Disposes every tensor in a nested record: a batch, a training state. */
export function free(record: unknown): void {
  dispose(record as TensorContainer);
}
