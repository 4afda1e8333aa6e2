import type { Tensor } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from '../sequence.ts';
import type { Call, Device, InputKind } from './device.ts';
import { CHANNELS } from './shader.ts';

/*
 * Numbers of all frames lie time-major in quads, a row for every row of the batch of every frame. States and their gradients lie in
 * blocks, one for each frame, in which a quad has two rows of the batch, (h, c) of each: so a shader that sums over units serves
 * two rows with each weight that it reads. After the blocks of the frames comes that of the initial state.
 */

/** A matrix of quads and a mask, if there is one: [time·batch, 1], 1 in channel x where a row is real. */
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

/** `quad stateIn(quad pair, int b)`: row b of the batch, from a quad of two rows. */
export const STATE_IN = `
quad stateIn(quad pair, int b) {
  if (b - (b / 2) * 2 == 0) { return quad(pair.x, pair.y, 0.0, 0.0); }
  return quad(pair.z, pair.w, 0.0, 0.0);
}`;

/** `int secondOf(int pair)`: the second row of the batch in a quad; the first, if the batch has no more. */
export const SECOND_OF = `
int secondOf(int pair) {
  if (2 * pair + 1 < batch) { return 2 * pair + 1; }
  return 2 * pair;
}`;

/** `quad …At(int block, int b, int column)`: row b of the batch in a block of states, or of their gradients. */
export const stateAt = (name: string): string => `
quad ${name}At(int block, int b, int column) {
  return stateIn(${name}(block * ((batch + 1) / 2) + b / 2, column), b);
}`;

/** `int block…(int t)`: the block of the frame that was run just before or after frame t, or `end` if there is none. */
const neighbour = (name: string, sign: '+' | '-', end: string): string => `
int ${name}(int t) {
  int neighbour = t ${sign} towards;
  if (neighbour < 0 || neighbour >= time) { return ${end}; }
  return neighbour;
}`;
export const blockBefore = (end: string): string => neighbour('blockBefore', '+', end);
export const blockAfter = (end: string): string => neighbour('blockAfter', '-', end);

/** `int blockBefore(int t)`: the block of the state before frame t, if the initial state comes after those of frames. */
export const BLOCK_BEFORE: string = blockBefore('time');

/** Number of rows of quads that hold two rows of the batch each. */
export const pairsOf = ({ batch }: SequenceSizes): number => Math.ceil(batch / 2);

/** Uniforms for the position and the order of frames. */
export const PLACES = ['time', 'batch', 'towards'] as const;

export function placesOf(
  { time, batch }: SequenceSizes,
  reverse: boolean,
): { [name in (typeof PLACES)[number]]: number } {
  return { time, batch, towards: reverse ? 1 : -1 };
}

/** A block of states, of tensors [batch, hidden]: h, and c if there is one. */
export function startOf(tensors: readonly Tensor[], { batch }: SequenceSizes): Call {
  const names = tensors.map((_, i) => `part${i}`);
  const parts = ['2 * row', 'secondOf(row)'].flatMap((b) =>
    [0, 1].map((i) => (i < names.length ? `${names[i]}(${b}, column)` : '0.0')),
  );
  return {
    program: {
      inputs: Object.fromEntries(names.map((name) => [name, 'matrix' as const])),
      output: 'quads',
      numbers: ['batch'],
      code: `${SECOND_OF}
quad value(int row, int column) {
  return quad(${parts.join(', ')});
}`,
    },
    inputs: Object.fromEntries(tensors.map((tensor, i) => [`part${i}`, tensor])),
    numbers: { batch },
  };
}

/** One part of a block of states as a tensor [batch, hidden]. */
export function takePart(device: Device, states: Tensor, part: number, block: number, sizes: SequenceSizes): Tensor {
  const program = {
    inputs: { states: 'quads' },
    output: 'numbers',
    numbers: ['batch', 'block'],
    code: `${STATE_IN}${stateAt('states')}
float value(int row, int column) {
  return statesAt(block, row, column).${CHANNELS[part]};
}`,
  } as const;
  const { batch, hidden } = sizes;
  return device.run({ program, inputs: { states }, numbers: { batch, block } }, batch, hidden);
}

/** Both, where the block of the initial state comes after those of all frames. */
export const NEIGHBOURS: string = `${blockBefore('time')}${blockAfter('time')}`;
