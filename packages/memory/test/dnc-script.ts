import type { Frame, Memory } from '@elman/core';
import { type Tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { type DncMemoryState, dncMemory } from '../src/index.ts';

/** The saturated instruction of a command with one read head. */
export type Order = {
  /** A vector to be written to a free slot. */
  readonly write?: readonly number[] | undefined;
  /** Whether to free the slot that was read last. */
  readonly free?: boolean | undefined;
  /** Where to read: by content, or the slot written after or before the one read last. */
  readonly read?: readonly number[] | 'next' | 'previous' | undefined;
};

/** Large enough to saturate gates and modes. */
const FAR = 60;
const gate = (isOpen: boolean): number => (isOpen ? FAR : -FAR);

/** The command of an instruction, in the layout of `dncMemory`, for one head. */
function commandOf({ write, free = false, read = 'next' }: Order, width: number): number[] {
  const blank = Array<number>(width).fill(0);
  const byContent = typeof read !== 'string';
  return [
    ...(byContent ? read : blank),
    ...blank,
    ...[2 * FAR, 0],
    ...Array<number>(width).fill(FAR),
    ...[gate(free), gate(true), gate(write !== undefined)],
    ...(write ?? blank),
    ...[read === 'previous', byContent, read === 'next'].map(gate),
  ];
}

/** A memory of one row and one head that executes instructions. */
export class Script {
  private readonly memory: Memory<DncMemoryState>;
  state: DncMemoryState;
  private readonly width: number;

  constructor(slots: number, width: number) {
    this.width = width;
    this.memory = dncMemory({ slots, width, reads: 1 });
    this.state = this.memory.initialState(1);
  }

  /** The read vector. */
  async obey(order: Order): Promise<number[]> {
    const command = tensor2d([commandOf(order, this.width)]) as Frame;
    const { read, state } = tidy(() => this.memory.access(this.state, command) as never) as {
      read: Frame;
      state: DncMemoryState;
    };
    this.state = state;
    return numbersOf(read);
  }
}

/** The numbers of a tensor. */
export async function numbersOf(x: Tensor): Promise<number[]> {
  return Array.from(await x.data());
}

/** The slot that has nearly all of the weight; undefined without weight, and an error where it is shared. */
export function slotOf(weights: readonly number[]): number | undefined {
  const most = Math.max(...weights);
  if (weights.every((weight) => Math.abs(weight) < 1e-3)) return undefined;
  if (most < 0.999) throw new Error(`expected one slot, got ${weights}.`);
  return weights.indexOf(most);
}
