import { type Cell, ShapeError, type Tree, tree } from '@elman/core';
import { engine, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { hasSimdHere } from '../../simd/here.ts';
import { storages } from '../../storage.ts';
import { compileStep, tensorsOf } from '../compiled-step.ts';
import { type Node, NotCompilable } from '../graph.ts';
import type { Buffer } from '../plan/plan.ts';
import { isOnWorkspace } from '../run/executable.ts';
import type { AnyCell } from '../trace/index.ts';
import { type InputTable, tabulate } from './input-table.ts';
import { packCell } from './packed-cell.ts';
import { type Stepper, startStepper } from './stepper.ts';

/** A cell compiled for one frame at a time. It borrows its parameters and context until it is disposed of. */
export interface CompiledCell<S extends Tree> {
  /**
   * Starts `batchSize` rows: the state is copied. Where the context has n rows, batchSize is a multiple m·n and row i has row ⌊i / m⌋
   * of it.
   */
  start(state: S, batchSize: number): Stepper;
  /**
   * Computes what a step makes of the input alone for each row of a table of inputs [n, inputSize], for steps whose inputs are rows
   * of it: of tokens, say. Dispose of it before the cell.
   */
  tabulate(inputs: Tensor2D): InputTable;
  /** Frees its memory; dispose of its steppers first. */
  dispose(): void;
}

/** The context of n sequences, and n: leaves whose axis 0 is n long have a row for each, others are the same for all. */
export type ContextOfRows<C> = { readonly context: C; readonly rows: number };

/**
 * A cell with these parameters compiled for one frame at a time, without gradient and noise: for generation, where the overhead of
 * ops would dominate. Its results equal those of `step` to float32 rounding. Undefined where the step cannot be compiled, and on
 * backends other than cpu and wasm with SIMD.
 */
export function compiledCell<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  params: P,
  of?: ContextOfRows<C>,
): CompiledCell<S> | undefined {
  const { backendName, backend } = engine();
  const storage = storages[backendName]?.(backend);
  if (storage === undefined || !hasSimdHere()) return undefined;
  const { context, rows: sources } = of ?? { context: undefined as C, rows: 1 };
  const contexts = tensorsOf(context);
  const state = tree.tidy(() => cell.initialState(sources, context));
  const compiled = compileStep(cell as unknown as AnyCell, {
    params,
    state,
    context,
    isMasked: false,
    isNoisy: false,
  });
  tree.dispose(state);
  if (compiled instanceof NotCompilable) return undefined;

  const executable = compiled.inference();
  if (!isOnWorkspace(executable)) return undefined;
  const { graph, given } = executable.plan;
  const tensors = new Map<Node, Tensor>(graph.captured.map(({ node, tensor }) => [node, tensor]));
  tree.leaves(params).forEach((leaf, i) => {
    tensors.set(graph.params[i] as Node, leaf);
  });
  const ofRows = new Map<Buffer, Tensor>();
  graph.context.forEach((node, i) => {
    const tensor = contexts[i] as Tensor;
    if (node.perRow) ofRows.set(given.get(node) as Buffer, tensor);
    else tensors.set(node, tensor);
  });
  const packed = packCell(cell.name, executable, tensors, storage.read);
  return {
    start(from, batchSize) {
      if (ofRows.size > 0 && batchSize % sources !== 0)
        throw new ShapeError(
          `${cell.name}: batchSize: expected a multiple of ${sources}, the rows of the context, got ${batchSize}.`,
        );
      return startStepper(packed, {
        batch: batchSize,
        state: tree.leaves(from).map(storage.read),
        constants: () => new Map([...ofRows].map(([buffer, tensor]) => [buffer, storage.read(tensor)])),
        sources: ofRows.size > 0 ? sources : 1,
      });
    },
    tabulate: (inputs) => tabulate(packed, storage.read(inputs), inputs.shape[0]),
    dispose: packed.dispose,
  };
}
