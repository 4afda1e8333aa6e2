import type { FramesName, SimdExports } from './instantiate.ts';

/**
 * Numbers that are backed up at a time, unless one frame has more: few enough to stay in a cache, and to make calls
 * rare.
 */
const AT_ONCE = 2 ** 15;

/**
 * How a function overwrites its input, which must be put back before a part that a thread has left half done is
 * computed again. The arguments of all begin with time, batch and width, and `reverse` follows `mask`. Blocks are pairs
 * of an argument, the address of the first frame, and the numbers of a row, in widths.
 */
export type FramesShape = {
  /** Whether it runs from the last frame to the first, or, reversed, the other way round. */
  readonly backward: boolean;
  readonly mask: number;
  /** All blocks with a row for each frame. */
  readonly blocks: readonly Block[];
  /** Those that are overwritten. */
  readonly overwritten: readonly Block[];
  /** Whether those hold the state before the first frame too, in front (reversed: behind). */
  readonly after?: boolean;
  /** Arguments that are addresses of the rows of one frame, which every frame overwrites. */
  readonly states: readonly number[];
};

type Block = readonly [argument: number, widths: number];

export const framesShapes: Readonly<Record<FramesName, FramesShape>> = {
  forwardLstm: {
    backward: false,
    mask: 7,
    blocks: [
      [4, 4],
      [5, 1],
      [6, 1],
    ],
    overwritten: [[4, 4]],
    states: [],
  },
  backwardLstm: {
    backward: true,
    mask: 6,
    blocks: [
      [4, 4],
      [5, 1],
      [8, 1],
    ],
    overwritten: [[4, 4]],
    states: [9, 10],
  },
  forwardGru: {
    backward: false,
    mask: 7,
    blocks: [
      [4, 3],
      [5, 1],
      [6, 1],
    ],
    overwritten: [[4, 3]],
    states: [],
  },
  backwardGru: {
    backward: true,
    mask: 7,
    blocks: [
      [4, 3],
      [5, 1],
      [6, 1],
      [9, 1],
    ],
    overwritten: [
      [4, 3],
      [5, 1],
    ],
    states: [10],
  },
  forwardResetBeforeGru: {
    backward: false,
    mask: 7,
    blocks: [
      [5, 3],
      [6, 1],
    ],
    overwritten: [[5, 3]],
    states: [],
  },
  backwardResetBeforeGru: {
    backward: true,
    mask: 7,
    blocks: [
      [5, 3],
      [6, 1],
      [9, 1],
      [11, 1],
    ],
    overwritten: [[5, 3]],
    states: [12],
  },
  forwardSimpleRnn: { backward: false, mask: 5, blocks: [[4, 1]], overwritten: [[4, 1]], after: true, states: [] },
  backwardSimpleRnn: {
    backward: true,
    mask: 5,
    blocks: [
      [4, 1],
      [8, 1],
    ],
    overwritten: [[8, 1]],
    states: [9],
  },
};

/** Frames of a chunk. */
export function chunkOf(name: FramesName, time: number, batch: number, width: number): number {
  const widths = framesShapes[name].overwritten.reduce((sum, block) => sum + block[1], 0);
  return Math.max(1, Math.min(time, Math.floor(AT_ONCE / (batch * width * widths))));
}

/** Numbers of the backup: two chunks, used in turn, of all rows. */
export function backupSize(name: FramesName, time: number, batch: number, width: number): number {
  const { overwritten, states } = framesShapes[name];
  const widths = overwritten.reduce((sum, block) => sum + block[1], 0);
  return 2 * batch * width * (chunkOf(name, time, batch, width) * widths + states.length);
}

/** The rows `from` to `to` of a function over frames, chunk by chunk. */
export type FramesPart = {
  readonly simd: SimdExports;
  readonly name: FramesName;
  readonly shape: FramesShape;
  readonly args: ArrayLike<number>;
  readonly part: number;
  readonly from: number;
  readonly to: number;
  /** Address of the backup, and frames of a chunk. */
  readonly backup: number;
  readonly chunk: number;
};

/**
 * Backs up what a chunk overwrites, or puts it back. Workers run the text of this function: it refers to nothing
 * outside.
 */
export function copyChunk(
  { simd, shape, args, from, to, backup, chunk }: FramesPart,
  index: number,
  restore: boolean,
): void {
  const [time, batch, width] = args as unknown as [number, number, number];
  const isReversed = args[shape.mask + 1] !== 0;
  const place = isReversed === shape.backward ? index : Math.ceil(time / chunk) - 1 - index;
  let widths = shape.states.length;
  for (const block of shape.overwritten) widths += block[1] * chunk;
  let saved = backup + 4 * width * widths * (2 * from + (index % 2) * (to - from));
  const first = place * chunk;
  const frames = Math.min(chunk, time - first);
  for (const [argument, size] of shape.overwritten) {
    const numbers = (to - from) * width * size;
    const step = batch * width * size;
    const row = (first + (shape.after && !isReversed ? 1 : 0)) * batch + from;
    const at = (args[argument] as number) + 4 * width * size * row;
    if (!restore) simd.unpadGroups(frames, at, saved, numbers, step);
    else {
      for (let frame = 0; frame < frames; frame++) {
        simd.unpadGroups(1, saved + 4 * numbers * frame, at + 4 * step * frame, numbers, numbers);
      }
    }
    saved += 4 * numbers * frames;
  }
  for (const argument of shape.states) {
    const numbers = (to - from) * width;
    const at = (args[argument] as number) + 4 * width * from;
    simd.unpadGroups(1, restore ? saved : at, restore ? at : saved, numbers, numbers);
    saved += 4 * numbers;
  }
}

/** Calls the function for one chunk. The same. */
export function runChunk({ simd, name, shape, args, part, from, to, chunk }: FramesPart, index: number): void {
  const [time, batch, width] = args as unknown as [number, number, number];
  const isReversed = args[shape.mask + 1] !== 0;
  const place = isReversed === shape.backward ? index : Math.ceil(time / chunk) - 1 - index;
  const first = place * chunk;
  const moved = Array.from(args);
  moved[0] = Math.min(chunk, time - first);
  for (const [argument, size] of shape.blocks)
    moved[argument] = (args[argument] as number) + 4 * width * size * first * batch;
  const mask = args[shape.mask] as number;
  if (mask !== 0) moved[shape.mask] = mask + 4 * first * batch;
  simd[name](part, from, to, ...moved);
}
