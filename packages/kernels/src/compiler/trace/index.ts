import { oneLine } from '@elman/core';
import { NotCompilable, type StepGraph, TRACED_BATCH } from '../graph.ts';
import { recordStep } from './record-step.ts';
import type { AnyCell, StepShapes } from './symbols.ts';
import { unify } from './unify.ts';

export { drawsOf, isConstantOverTime } from './noise.ts';
export type { AnyCell, StepShapes } from './symbols.ts';

/** Rows of the second trace: what differs between both is the batch. */
const OTHER_BATCH = 11;

/** Options of `traceStep`. */
export type TraceOptions = {
  /** Whether nodes get the line of the step, for messages: it takes two to five times as long. */
  readonly withLines?: boolean | undefined;
};

/**
 * The step of a cell and its vector–Jacobian product as a graph, by running it on tensors without numbers: once with `TRACED_BATCH`
 * rows and once with another number. Gradients are those that are registered with TensorFlow.js. Nothing of it is seen outside: no
 * tensor is made, no tape written to, and the active backend stays.
 *
 * @throws {NotCompilable} with the op and the line of the step that is why: it reads numbers, depends on the batch size, mixes rows,
 * or uses an op without compiled form or gradient.
 */
export function traceStep(cell: AnyCell, like: StepShapes, { withLines = false }: TraceOptions = {}): StepGraph {
  try {
    return traced(cell, like, [withLines, false]);
  } catch (error) {
    if (!(error instanceof NotCompilable)) throw error;
    const { message, op, line } = error.line !== undefined ? error : withLine(cell, like, error);
    const where = line === undefined ? op : `${op} at ${line}`;
    throw new NotCompilable(oneLine(`${cell.name}: step: ${where}: ${message}.`), op, line);
  }
}

function traced(cell: AnyCell, like: StepShapes, withLines: readonly [boolean, boolean]): StepGraph {
  const record = (rows: number, lines: boolean): StepGraph => recordStep(cell, like, { rows, withLines: lines });
  const [first, second] = [record(TRACED_BATCH, withLines[0]), record(OTHER_BATCH, withLines[1])];
  return unify(first, second, [TRACED_BATCH, OTHER_BATCH]);
}

/** The error of the same trace with lines. */
function withLine(cell: AnyCell, like: StepShapes, first: NotCompilable): NotCompilable {
  try {
    traced(cell, like, [true, true]);
  } catch (error) {
    if (error instanceof NotCompilable) return error;
  }
  return first;
}
