import { type Cell, expectFrames, expectShape, type Frame, type Sequence, type Tree, tree } from '@elman/core';
import { concat, reshape, split, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { MemoryCell, MemoryCellParams, MemoryCellState } from './memory-cell.ts';
import { run } from './run.ts';

/** Outputs, state and recorded accesses of a cell with a memory over a sequence. */
export type MemoryTrace<S extends Tree> = {
  readonly outputs: Sequence;
  readonly state: S;
  /** By name, each [batch, time, …]: recorded quantities of every access. */
  readonly seen: { readonly [name: string]: Tensor };
};

/**
 * Runs a cell with a memory over a sequence and records quantities of each access: weights, gates, the top of a stack. For
 * visualisation, not for training.
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
  const [batch, time] = inputs.shape;
  expectFrames(name, 'inputs', inputs);
  return tree.tidy(() => {
    const watched = watchedOf(cell, params);
    const start = options.state ?? cell.initialState(batch);
    const { outputs: all, state } = run(watched.cell, params, start, inputs, { context: undefined });
    const { shapes } = watched;
    const [outputs, ...parts] = split(all, [cell.outputSize, ...shapes.map(([, shape]) => sizeOf(shape))], 2);
    const seen = shapes.map(
      ([part, shape], i) => [part, reshape(parts[i] as Tensor, [batch, time, ...shape])] as const,
    );
    return { outputs: outputs as Sequence, state, seen: Object.fromEntries(seen) };
  });
}

type Watched<P extends Tree, S extends Tree> = {
  /** Its outputs are those of the cell with a memory, and after them the recorded quantities. */
  readonly cell: Cell<P, S>;
  /** Names of the quantities and their shapes without the batch. */
  readonly shapes: readonly (readonly [name: string, shape: readonly number[]])[];
};

const made = new WeakMap<object, unknown>();

/** The same for each cell, so that its step is compiled once. */
function watchedOf<P extends Tree, S extends Tree, M extends Tree>(
  cell: MemoryCell<P, S, M>,
  params: MemoryCellParams<P>,
): Watched<MemoryCellParams<P>, MemoryCellState<S, M>> {
  const known = made.get(cell);
  if (known !== undefined) return known as Watched<MemoryCellParams<P>, MemoryCellState<S, M>>;
  const { seen } = cell.watch(params, cell.initialState(1), zeros([1, cell.inputSize]));
  const shapes = Object.entries(seen).map(([name, { shape }]) => [name, shape.slice(1)] as const);
  const { scan: _, ...others } = cell;
  const watched: Watched<MemoryCellParams<P>, MemoryCellState<S, M>> = {
    shapes,
    cell: {
      ...others,
      outputSize: shapes.reduce((size, [, shape]) => size + sizeOf(shape), cell.outputSize),
      step(at, state, input) {
        const { output, state: next, seen: values } = cell.watch(at, state, input);
        const rows = Object.values(values).map((value) => reshape(value, [input.shape[0], -1]));
        return { output: concat([output, ...rows], 1) as Frame, state: next };
      },
    },
  };
  made.set(cell, watched);
  return watched;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, axis) => size * axis, 1);
