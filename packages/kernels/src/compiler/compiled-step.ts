import { type Tree, tree } from '@elman/core';
import { Tensor } from '@tensorflow/tfjs-core';
import type { PlanWorkspace } from '../simd/plan-workspace.ts';
import { sharedWorkspace } from '../simd/workspace.ts';
import { type Node, NotCompilable, type StepGraph } from './graph.ts';
import { makeJavascriptExecutable } from './javascript/executable.ts';
import { once } from './once.ts';
import { makePlan } from './plan/make-plan.ts';
import { shiftsFrames } from './plan/shifts.ts';
import { stagesOf } from './plan/stages.ts';
import { rowCostsOf, workspaceFor } from './run/choose-workspace.ts';
import { makeExecutable } from './run/executable.ts';
import type { Executable, Given } from './run/given.ts';
import { simplify } from './simplify/simplify.ts';
import { type AnyCell, drawsOf, isConstantOverTime, traceStep } from './trace/index.ts';

/** The step of a cell, compiled for tensors of some shapes, and any number of rows and frames. */
export type CompiledStep = {
  readonly graph: StepGraph;
  /** Whether the cell has a `scan`, and a state that is moved from frame to frame: sequences then run by the scan. */
  readonly shifts: boolean;
  /** Forward, for backward to follow: for sequences of some sizes, else in the memory that threads share. */
  readonly training: (sizes?: SequenceSizes) => Executable;
  /** Forward alone. */
  readonly inference: (sizes?: SequenceSizes) => Executable;
};

type SequenceSizes = Pick<Given, 'time' | 'batch'>;

/** What a step is compiled for. */
export type StepArguments = {
  readonly params: Tree;
  readonly state: Tree;
  readonly context: unknown;
  readonly isMasked: boolean;
  readonly isNoisy: boolean;
  /** What is run first, and so compiled at once: forward with backward to follow, or alone. */
  readonly isTraining?: boolean | undefined;
  readonly sizes?: SequenceSizes | undefined;
  /** For tests: plain JavaScript also where there is WebAssembly SIMD. */
  readonly engine?: 'javascript' | undefined;
};

const compiled = new WeakMap<object, Map<string, CompiledStep | NotCompilable>>();

/** The compiled step of a cell, or why it cannot be compiled. It is compiled once for each combination of shapes. */
export function compileStep(cell: AnyCell, given: StepArguments): CompiledStep | NotCompilable {
  const key = keyOf(given);
  let known = compiled.get(cell);
  if (known === undefined) {
    known = new Map();
    compiled.set(cell, known);
  }
  const found = known.get(key);
  if (found !== undefined && !isStale(found)) return found;
  const made = compileNow(cell, given);
  known.set(key, made);
  return made;
}

/** Whether a tensor that the step uses, beside its arguments, has been disposed of: it then uses another. */
function isStale(step: CompiledStep | NotCompilable): boolean {
  return 'graph' in step && step.graph.captured.some(({ tensor }) => tensor.isDisposed);
}

/** Whether noise is the same at all frames. */
export const isConstantNoise = ({ draws }: Node): boolean => draws !== undefined && isConstantOverTime(draws);

function compileNow(cell: AnyCell, given: StepArguments): CompiledStep | NotCompilable {
  try {
    const graph = simplify(traceStep(cell, given));
    const shifts = cell.scan !== undefined && shiftsFrames(graph, stagesOf(graph, isConstantNoise));
    const isScanned = shifts && given.sizes !== undefined;
    const shared = given.engine === 'javascript' ? undefined : sharedWorkspace();
    const executables = (withGradient: boolean): CompiledStep['training'] => {
      const plan = once(() => makePlan(graph, { withGradient, isConstantNoise }));
      const inJavascript = once(() => makeJavascriptExecutable(plan(), drawsOf));
      const costs = once(() => rowCostsOf(plan()));
      const known = new WeakMap<PlanWorkspace, Executable>();
      return (sizes) => {
        if (shared === undefined) return inJavascript();
        const workspace = sizes === undefined ? shared : workspaceFor(shared, costs(), sizes);
        const executable = known.get(workspace) ?? makeExecutable(plan(), workspace, drawsOf);
        known.set(workspace, executable);
        return executable;
      };
    };
    const step: CompiledStep = { graph, shifts, training: executables(true), inference: executables(false) };
    // JavaScript does not know all that plans may have.
    if ((given.isTraining && !isScanned) || shared === undefined) step.training(given.sizes);
    if ((!given.isTraining && !isScanned) || shared === undefined) step.inference(given.sizes);
    return step;
  } catch (error) {
    if (error instanceof NotCompilable) return error;
    throw error;
  }
}

/** What the compiled form depends on: shapes and types, not the number of rows. */
export function keyOf({ params, state, context, isMasked, isNoisy, engine }: StepArguments): string {
  const [first] = tree.leaves(state);
  const rows = first?.shape[0];
  const parts: string[] = [engine ?? '', isMasked ? 'mask' : '', isNoisy ? 'noise' : ''];
  for (const leaf of tree.leaves(params)) parts.push(`${leaf.dtype} ${leaf.shape}`);
  for (const leaf of tree.leaves(state)) parts.push(`${leaf.dtype} ${leaf.shape.slice(1)}`);
  for (const leaf of tensorsOf(context)) {
    const isPerRow = leaf.rank > 0 && (rows === undefined || leaf.shape[0] === rows);
    parts.push(`${leaf.dtype} ${isPerRow ? `rows ${leaf.shape.slice(1)}` : leaf.shape}`);
  }
  return parts.join(' | ');
}

/** The tensors of a context, in the order of `StepGraph.context`. */
export function tensorsOf(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsOf);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return [];
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([, each]) => tensorsOf(each));
}
