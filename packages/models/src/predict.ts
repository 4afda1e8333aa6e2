import { DataError, expectSizes, isFloat32, isId, shown } from '@elman/core';
import { padded, type Values } from '@elman/data';
import type { Tensor } from '@tensorflow/tfjs-core';
import { dispose, tidy } from '@tensorflow/tfjs-core';
import type { ReadBatch, Reader } from './reading.ts';

/** Options of prediction. */
export type PredictOptions = {
  /** Batch size; 64 by default. */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The predictions of a model for sequences in plain numbers, in their order: of each row its part of `outputs`, [rest…] in row-major order.
 * Each is independent of the others.
 *
 * @throws {DataError} for a sequence that is empty, or has ids or widths out of the model's range.
 */
export async function predictRows(
  name: string,
  { inputSize, vocabSize }: Pick<Reader, 'inputSize' | 'vocabSize'>,
  sequences: readonly Values[],
  outputs: (batch: ReadBatch) => Tensor,
  { batchSize = 64, signal }: PredictOptions,
): Promise<Float32Array[]> {
  expectSizes(name, { batchSize });
  for (const [i, sequence] of sequences.entries()) {
    const problem = misfit(sequence, vocabSize, inputSize);
    if (problem !== undefined) throw new DataError(`${name}: predict: sequence ${i}: ${problem}.`);
  }
  if (sequences.length === 0) return [];
  const rows: Float32Array[] = [];
  const batches = padded(
    sequences.map((inputs) => ({ inputs, targets: 0 })),
    { batchSize },
  );
  for (let index = 0; index < batches.batchesPerEpoch; index++) {
    signal?.throwIfAborted();
    const { inputs, mask, targets, lengths } = batches.batch(0, index);
    const said = tidy(() => outputs({ inputs, mask }));
    dispose([inputs, mask, targets, lengths]);
    const values = (await said.data()) as Float32Array;
    said.dispose();
    const size = values.length / lengths.size;
    for (let start = 0; start < values.length; start += size) rows.push(values.slice(start, start + size));
  }
  return rows;
}

/** The fault of a sequence, if any. */
function misfit(sequence: Values, vocabSize: number | undefined, inputSize: number): string | undefined {
  if (sequence?.length === undefined) return `expected a list, got ${shown(sequence)}; give a list of sequences`;
  if (sequence.length === 0) return 'expected one frame or more, got none; leave it out';
  if (vocabSize !== undefined) {
    const ids = Array.from(sequence as ArrayLike<number>);
    const wrong = ids.findIndex((id) => !isId(id, vocabSize));
    if (wrong < 0) return undefined;
    const got = typeof ids[wrong] === 'object' ? 'frames of numbers' : shown(ids[wrong]);
    return `expected ids from 0 to ${vocabSize - 1}, got ${got}; encode it with the model's tokenizer`;
  }
  for (const frame of Array.from(sequence as readonly ArrayLike<number>[])) {
    if (typeof frame !== 'object' || frame?.length !== inputSize) {
      const got = (frame as ArrayLike<number> | undefined)?.length ?? 'single numbers';
      return `expected frames of ${inputSize} numbers, got ${got}; give each time step as a list`;
    }
    const wrong = Array.from(frame).findIndex((value) => !isFloat32(value));
    if (wrong >= 0) return `expected numbers that are finite as float32, got ${shown(frame[wrong])}`;
  }
  return undefined;
}
