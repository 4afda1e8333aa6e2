import type { Tensor } from '@tensorflow/tfjs-core';
import type { Node } from '../graph.ts';
import type { Buffer } from '../plan/plan.ts';
import type { WorkspaceExecutable } from '../run/executable.ts';
import { bytesOf } from '../run/layout.ts';
import { largestMatrix, parametersOf, weightBytes, writeParameters } from '../run/parameters.ts';
import { wholeLines } from '../run/rows.ts';
import { type FramePlan, framePlanOf } from './frame-plan.ts';

/** A step with its parameters in memory, as all frames read them. */
export type PackedCell = Pick<WorkspaceExecutable, 'workspace' | 'program'> & {
  readonly name: string;
  readonly frames: FramePlan;
  /** The addresses of rows that all rows share. */
  readonly shared: ReadonlyMap<Buffer, number>;
  /** Those of packed matrices, in the order of the plan. */
  readonly weights: readonly number[];
  dispose(): void;
};

/** Packs the parameters of a step: tensors by node. */
export function packCell(
  name: string,
  { plan, workspace, program }: WorkspaceExecutable,
  tensors: ReadonlyMap<Node, Tensor>,
  read: (tensor: Tensor) => Float32Array,
): PackedCell {
  const { blocks } = workspace;
  const frames = framePlanOf(plan);
  const used = parametersOf(plan, plan.forward);
  let bytes = 0;
  const next = (size: number): number => {
    bytes = wholeLines(bytes + size);
    return bytes - wholeLines(size);
  };
  const weights = weightBytes(plan, used).map(next);
  const rows = frames.all.filter(({ kind }) => kind === 'shared');
  const offsets = rows.map((row) => next(bytesOf(row, { time: 1, batch: 1, parts: 1 }, false)));
  const address = blocks.take(bytes);
  const shared = new Map(rows.map((row, i) => [row, address + (offsets[i] as number)]));
  const cell = { name, workspace, program, frames, shared, weights: weights.map((offset) => address + offset) };
  let staging = 0;
  try {
    staging = blocks.take(4 * largestMatrix(plan));
    writeParameters(
      plan,
      workspace,
      used,
      { tensors, read },
      { shared: (buffer) => shared.get(buffer), weights: cell.weights, staging },
    );
  } catch (error) {
    blocks.give(address);
    throw error;
  } finally {
    blocks.give(staging);
  }
  return { ...cell, dispose: onceOnly(() => blocks.give(address)) };
}

/** A function that does nothing when it is called again. */
export function onceOnly(f: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) f();
    isDone = true;
  };
}
