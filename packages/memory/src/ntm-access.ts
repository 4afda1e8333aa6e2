import type { Frame } from '@elman/core';
import { reshape, slice } from '@tensorflow/tfjs-core';
import type { NtmMemoryState } from './ntm.ts';
import { addressing } from './ntm-addressing.ts';
import { readFrom, writeTo } from './read-write.ts';

type Sizes = {
  readonly reads: number;
  readonly writes: number;
  readonly heads: number;
  readonly width: number;
  readonly shifts: number;
};

/** An access: weights of the heads, then the write heads, then the read heads. */
export function ntmAccess(state: NtmMemoryState, command: Frame, sizes: Sizes): { read: Frame; state: NtmMemoryState } {
  const { reads, writes, heads, width, shifts } = sizes;
  const [batch] = command.shape;
  const weights = addressing(state, command, sizes);
  const written = slice(command, [0, heads * (width + 2 * shifts + 4)], [-1, 2 * writes * width]);
  const memory = writeTo(state.memory, slice(weights, [0, reads, 0], [-1, writes, -1]), written);
  const read = readFrom(memory, slice(weights, [0, 0, 0], [-1, reads, -1]));
  return { read: reshape(read, [batch, reads * width]), state: { memory, weights } };
}
