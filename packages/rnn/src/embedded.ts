import type { Cell } from '@elman/core';
import { expectShape, type ScanOptions, type Sequence, ShapeError, type Steps, type Tree } from '@elman/core';
import { compiledScan, type EmbeddedInputs } from '@elman/kernels';
import { gather, type Tensor1D } from '@tensorflow/tfjs-core';
import { run } from './run.ts';

/** Throws unless the rows of the table are inputs of the cell, and ids are int32 [batch, time]. */
export function expectEmbedded(name: string, { embedding, ids }: EmbeddedInputs, inputSize: number): void {
  expectShape(name, 'inputs: embedding', embedding, { vocabSize: undefined, inputSize });
  expectShape(name, 'inputs: ids', ids, { batch: undefined, time: undefined });
  if (ids.dtype !== 'int32') throw new ShapeError(`${name}: inputs: ids: expected int32, got ${ids.dtype}.`);
}

/**
 * A cell over rows of a table. What depends on the input alone is computed once for each row of the table, where the backend can, and
 * where that is less work than for each frame.
 */
export function runEmbedded<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  state: S,
  inputs: EmbeddedInputs,
  options: ScanOptions<C>,
): Steps<S> {
  const { embedding, ids } = inputs;
  const isShort = embedding.shape[0] <= ids.size;
  const compiled = isShort ? compiledScan(cell, params, state, inputs, options) : undefined;
  if (compiled !== undefined) return compiled;
  const rows = gather(embedding, ids as unknown as Tensor1D) as unknown as Sequence;
  return run(cell, params, state, rows, options);
}
