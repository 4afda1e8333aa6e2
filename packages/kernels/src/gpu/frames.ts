import type { Tensor } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from '../sequence.ts';
import type { Call, Device, InputKind } from './device.ts';
import { CHANNELS } from './shader.ts';

/*
 * Frames of quads lie time-major: a row for every row of the batch of every frame. Block `time`, behind them, is what the
 * sequence starts from.
 */

/** A matrix of quads with a mask beside it, if there is one: [time·batch, 1], 1 in channel x where a row is real. */
export type Reals = { readonly reals?: Tensor };

/** `bool real(int row)`: whether the row of a frame is. */
export function realIn({ reals }: Reals): string {
  return `
bool real(int row) {
  return ${reals === undefined ? 'true' : 'reals(row, 0).x > 0.0'};
}`;
}

/** The input that `realIn` reads. */
export function realsOf({ reals }: Reals): {
  inputs: { [name: string]: InputKind };
  tensors: { [name: string]: Tensor };
} {
  return reals === undefined ? { inputs: {}, tensors: {} } : { inputs: { reals: 'quads' }, tensors: { reals } };
}

/** `int rowBefore(int row)`: the row of the state from which the row of a frame has been reached. */
export const ROW_BEFORE = `
int rowBefore(int row) {
  int t = row / batch;
  int b = row - t * batch;
  int earlier = t + towards;
  if (earlier < 0 || earlier >= time) { return time * batch + b; }
  return earlier * batch + b;
}`;

/** The numbers that `ROW_BEFORE` takes, in their order. */
export const ROW_NUMBERS = ['time', 'batch', 'towards'] as const;

export function rowNumbers(
  { time, batch }: SequenceSizes,
  reverse: boolean,
): { [name in (typeof ROW_NUMBERS)[number]]: number } {
  return { time, batch, towards: reverse ? 1 : -1 };
}

/** `int frameRow(int row)`: the row of a frame, of that of a batch-major tensor [batch·time, …]. */
export const FRAME_ROW = `
int frameRow(int row) {
  int b = row / time;
  return (row - b * time) * batch + b;
}`;

/** `float channelOf(quad q, int channel)` */
export const CHANNEL_OF = `
float channelOf(quad q, int channel) {
  if (channel == 0) { return q.x; }
  if (channel == 1) { return q.y; }
  if (channel == 2) { return q.z; }
  return q.w;
}`;

/** Quads of tensors [batch, hidden], a channel each, in their order. */
export function startOf(tensors: readonly Tensor[]): Call {
  const names = tensors.map((_, i) => `part${i}`);
  const parts = CHANNELS.map((_, i) => (names[i] === undefined ? '0.0' : `${names[i]}(row, column)`));
  return {
    program: {
      inputs: Object.fromEntries(names.map((name) => [name, 'matrix' as const])),
      output: 'quads',
      numbers: [],
      code: `
quad value(int row, int column) {
  return quad(${parts.join(', ')});
}`,
    },
    inputs: Object.fromEntries(tensors.map((tensor, i) => [`part${i}`, tensor])),
    numbers: {},
  };
}

/** One channel of a block of quads, as a tensor [batch, hidden]. */
export function takeChannel(
  device: Device,
  quads: Tensor,
  channel: number,
  block: number,
  sizes: SequenceSizes,
): Tensor {
  const program = {
    inputs: { quads: 'quads' },
    output: 'numbers',
    numbers: ['first'],
    code: `
float value(int row, int column) {
  return quads(first + row, column).${CHANNELS[channel]};
}`,
  } as const;
  const { batch, hidden } = sizes;
  return device.run({ program, inputs: { quads }, numbers: { first: block * batch } }, batch, hidden);
}
