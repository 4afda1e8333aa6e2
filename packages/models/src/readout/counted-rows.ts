import { DataError, OptionError, type Tree } from '@elman/core';
import { dispose } from '@tensorflow/tfjs-core';
import type { Readout } from './readout.ts';

/** The numbers of a batch, and the indices of the rows [size] and [outputSize] that count. */
export type CountedRows = {
  readonly size: number;
  readonly outputSize: number;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly rows: readonly number[];
};

/**
 * The rows whose target counts, without the first `skipped` frames. The tensors are disposed of.
 * @throws {OptionError} for frames to skip where targets are of whole sequences. {DataError} for numbers that are not finite.
 */
export async function countedRows(
  where: string,
  { inputs, targets, mask }: Omit<Readout<Tree>, 'state'>,
  skipped: number,
): Promise<CountedRows> {
  const [size, outputSize] = [inputs.shape.at(-1), targets.shape.at(-1)] as [number, number];
  const time = inputs.rank === 3 ? (inputs.shape[1] as number) : undefined;
  try {
    if (time === undefined && skipped > 0) {
      throw new OptionError(`${where}: washout: expected 0, as targets are of whole sequences, got ${skipped}.`);
    }
    const read = Promise.all([inputs.data(), targets.data(), mask?.data()]);
    const [x, y, real] = (await read) as [Float32Array, Float32Array, Float32Array | undefined];
    const rows = Array.from({ length: x.length / size }, (_, row) => row).filter(
      (row) => (time === undefined || row % time >= skipped) && real?.[row] !== 0,
    );
    expectFinite(
      `${where}: what the output layer reads`,
      x,
      size,
      rows,
      time,
      'look at the inputs, or at the parameters',
    );
    expectFinite(`${where}: targets`, y, outputSize, rows, time, 'look at the data, or mask it');
    return { size, outputSize, inputs: x, targets: y, rows };
  } finally {
    dispose([inputs, targets, ...(mask === undefined ? [] : [mask])]);
  }
}

function expectFinite(
  where: string,
  values: Float32Array,
  size: number,
  rows: readonly number[],
  time: number | undefined,
  advice: string,
): void {
  for (const row of rows) {
    const wrong = values.subarray(row * size, (row + 1) * size).find((value) => !Number.isFinite(value));
    if (wrong === undefined) continue;
    const place = time === undefined ? `row ${row}` : `row ${Math.floor(row / time)}, frame ${row % time}`;
    throw new DataError(`${where}: expected finite numbers, got ${wrong} in ${place}; ${advice}.`);
  }
}
