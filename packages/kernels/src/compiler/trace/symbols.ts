import { type Cell, type Frame, type Tree, tree } from '@elman/core';
import { type DataType, engine, Tensor } from '@tensorflow/tfjs-core';
import type { Recorder } from './recorder.ts';

/** Any cell. */
export type AnyCell = Cell<never, never, never>;

/** Of what a step is given: only shapes and dtypes of the tensors are read; a batch may have any number of rows. */
export type StepShapes = {
  readonly params: Tree;
  readonly state: Tree;
  /**
   * Tensors may lie in objects and arrays, beside other values. Those whose axis 0 has as many rows as the state are per row; all are
   * if the state has no leaves.
   */
  readonly context: unknown;
  readonly isMasked: boolean;
  readonly isNoisy: boolean;
};

/** Tensors without numbers: what a step is given, and the gradients of its results. */
export type Symbols = {
  readonly params: Tree;
  readonly state: Tree;
  readonly input: Frame;
  readonly context: unknown;
  /** The tensors of the context. */
  readonly contexts: readonly Tensor[];
  readonly mask: Frame | undefined;
  readonly dOutput: Frame;
  /** Undefined for a state that is not float32. */
  readonly dNext: readonly (Tensor | undefined)[];
};

export const isFloat = (tensor: Tensor): boolean => tensor.dtype === 'float32';

/** The symbols of a step on a batch of `rows`. */
export function symbolsOf(cell: AnyCell, like: StepShapes, rows: number, recorder: Recorder): Symbols {
  const symbol = <T extends Tensor>(label: string, shape: readonly number[], dtype: DataType = 'float32'): T => {
    const node = recorder.add('Input', [], { shape: [...shape], dtype, label });
    return engine().makeTensorFromTensorInfo(recorder.infoOf(node)) as T;
  };
  const ofRows = ({ shape }: Tensor): number[] => [rows, ...shape.slice(1)];
  const state = tree.map(like.state, (leaf, path) => symbol(`state ${path}`, ofRows(leaf), leaf.dtype));
  const given = tree.leaves(like.state)[0]?.shape[0];
  const contexts: Tensor[] = [];
  const contextOf = (leaf: Tensor): Tensor => {
    const isPerRow = leaf.rank > 0 && (given === undefined || leaf.shape[0] === given);
    const made = symbol('context', isPerRow ? ofRows(leaf) : leaf.shape, leaf.dtype);
    contexts.push(made);
    return made;
  };
  return {
    params: tree.map(like.params, ({ shape, dtype }, path) => symbol(`parameter ${path}`, shape, dtype)),
    state,
    input: symbol('input', [rows, cell.inputSize]),
    context: mapTensors(like.context, contextOf),
    contexts,
    mask: like.isMasked ? symbol('mask', [rows, 1]) : undefined,
    dOutput: symbol('gradient of the output', [rows, cell.outputSize]),
    dNext: tree
      .entries(state)
      .map(([path, leaf]) => (isFloat(leaf) ? symbol(`gradient of the state ${path}`, leaf.shape) : undefined)),
  };
}

/** A value with its tensors replaced: in arrays and plain objects, whose keys are visited in sorted order. */
function mapTensors(value: unknown, f: (tensor: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return f(value);
  if (Array.isArray(value)) return value.map((each) => mapTensors(each, f));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, mapTensors(each, f)]));
}
