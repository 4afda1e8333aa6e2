import { add, reshape, sigmoid, softmax, softplus, split, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';

/** Sizes of a DNC's memory. */
export type DncSizes = {
  readonly slots: number;
  readonly width: number;
  readonly reads: number;
  readonly links: boolean;
};

/** The parts of a command after their activation functions. */
export type DncCommand = {
  /** [batch, reads + 1, width], that of the write last. */
  readonly keys: Tensor3D;
  /** [batch, reads + 1, 1], from 1. */
  readonly strengths: Tensor3D;
  /** [batch, 1, width], 0 to 1. */
  readonly erase: Tensor3D;
  /** [batch, 1, width] */
  readonly write: Tensor3D;
  /** [batch, reads, 1] */
  readonly freeGates: Tensor3D;
  /** [batch, 1] */
  readonly allocationGate: Tensor2D;
  /** [batch, 1] */
  readonly writeGate: Tensor2D;
  /** [batch, reads, 3]: backward, by content, forward; undefined without links. */
  readonly modes: Tensor3D | undefined;
};

/** The size of each part of a command, in their order. */
function counts({ width, reads, links }: DncSizes): number[] {
  return [(reads + 1) * width, reads + 1, width + reads + 2, width, ...(links ? [3 * reads] : [])];
}

/** The size of a command. */
export function dncInterfaceSize(sizes: DncSizes): number {
  return counts(sizes).reduce((sum, count) => sum + count);
}

/**
 * Initial bias of commands: nearly every frame is written to a new slot, nothing is freed, and similarity
 * has some weight.
 */
export function initialCommand(sizes: DncSizes): number[] {
  const { width, reads } = sizes;
  const [keys = 0, strengths = 0, , ...others] = counts(sizes);
  const zeros = (count: number): number[] => Array<number>(count).fill(0);
  return [
    ...zeros(keys),
    ...Array<number>(strengths).fill(3),
    ...zeros(width),
    ...Array<number>(reads).fill(-2),
    ...[2, 2],
    ...others.flatMap(zeros),
  ];
}

/** The parts of a command [batch, interfaceSize]. */
export function readCommand(command: Tensor2D, sizes: DncSizes): DncCommand {
  const { width, reads } = sizes;
  const [batch] = command.shape;
  const [keys, strengths, gates, write, modes] = split<Tensor2D>(command, counts(sizes), 1) as unknown as Parts;
  const [erase, freeGates, allocationGate, writeGate] = split<Tensor2D>(
    sigmoid(gates),
    [width, reads, 1, 1],
    1,
  ) as unknown as Parts;
  return {
    keys: reshape(keys, [batch, reads + 1, width]),
    strengths: reshape(add(softplus(strengths), 1), [batch, reads + 1, 1]),
    erase: reshape(erase, [batch, 1, width]),
    write: reshape(write, [batch, 1, width]),
    freeGates: reshape(freeGates, [batch, reads, 1]),
    allocationGate,
    writeGate,
    modes: modes && softmax(reshape(modes, [batch, reads, 3])),
  };
}

type Parts = readonly [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D?];
