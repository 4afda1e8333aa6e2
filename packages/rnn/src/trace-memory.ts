import { expectFrames, expectShape, type Frame, type Sequence, type Tree, tree } from '@elman/core';
import { stack, type Tensor, unstack } from '@tensorflow/tfjs-core';
import type { MemoryCell, MemoryCellParams, MemoryCellState } from './memory-cell.ts';

/** Outputs, state and recorded accesses of a cell with a memory over a sequence. */
export type MemoryTrace<S extends Tree> = {
  readonly outputs: Sequence;
  readonly state: S;
  /** By name, each [batch, time, …]: recorded quantities of every access. */
  readonly seen: { readonly [name: string]: Tensor };
};

/**
 * Runs a cell with a memory over a sequence, frame by frame, and records quantities of each access: weights, gates,
 * the top of a stack. For visualisation, not for training.
 *
 * Shapes: inputs [batch, time, inputSize] → outputs [batch, time, outputSize] and the state after the last frame.
 * @throws {ShapeError} if the inputs do not match the cell, or have no frame.
 */
export function traceMemory<P extends Tree, S extends Tree, M extends Tree>(
  cell: MemoryCell<P, S, M>,
  params: MemoryCellParams<P>,
  inputs: Sequence,
  options: { readonly state?: MemoryCellState<S, M> | undefined } = {},
): MemoryTrace<MemoryCellState<S, M>> {
  const name = `traceMemory(${cell.name})`;
  expectShape(name, 'inputs', inputs, { batch: undefined, time: undefined, inputSize: cell.inputSize });
  const [batch] = inputs.shape;
  expectFrames(name, 'inputs', inputs);
  return tree.tidy(() => {
    let state = options.state ?? cell.initialState(batch);
    const outputs: Frame[] = [];
    const seen: { [name: string]: Tensor[] } = {};
    for (const input of unstack(inputs, 1) as Frame[]) {
      const step = cell.watch(params, state, input);
      state = step.state;
      outputs.push(step.output);
      for (const [part, value] of Object.entries(step.seen)) {
        seen[part] ??= [];
        seen[part].push(value);
      }
    }
    const overTime = Object.entries(seen).map(([part, values]) => [part, stack(values, 1)] as const);
    return { outputs: stack(outputs, 1) as Sequence, state, seen: Object.fromEntries(overTime) };
  });
}
