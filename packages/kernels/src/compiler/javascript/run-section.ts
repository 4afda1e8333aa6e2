import { BLOCK, type Section, type Weights } from '../plan/plan.ts';
import type { Instruction, Ref } from './instructions.ts';
import type { ElementwiseLoop, ReductionLoop } from './loops.ts';
import { type Memory, type Moving, movingOf, type Rows, rowsOf } from './memory.ts';
import { multiply, type Panels } from './product.ts';
import type { Temporaries } from './temporaries.ts';

/** A section, ready to be run. */
export type Program = {
  readonly section: Section;
  readonly instructions: readonly Instruction[];
  readonly temporaries: Temporaries;
};

/** Numbers in an array, in loops around loops: those of `at + i·outer + j·inner`. */
type Operand = {
  readonly values: Float32Array;
  /** Of the first row of the frame. */
  at: number;
  readonly outer: number;
  readonly inner: number;
  /** Of the first row of the buffer, and how far it is from one row to the next. */
  readonly start: number;
  readonly stride: number;
  readonly moving: Moving;
};

/** An instruction with its operands: what is written first. */
type Run = { readonly operands: readonly Operand[]; readonly width: number } & (
  | { readonly kind: 'elementwise'; readonly loop: ElementwiseLoop; readonly around: Around }
  | { readonly kind: 'reduction'; readonly loop: ReductionLoop; readonly depth: number }
  | { readonly kind: 'product'; readonly weights: Panels }
);

/** The outer loop: over rows, with columns inside; over columns, with rows inside; or none, where all rows are one. */
type Around = 'rows' | 'columns' | 'none';

const NOTHING: Operand = {
  values: new Float32Array(1),
  at: 0,
  outer: 0,
  inner: 0,
  start: 0,
  stride: 0,
  moving: 'fixed',
};

/** Rows that a section computes at a time, at most. */
export const rowsAtOnce = ({ kind }: Section, { batch }: { readonly batch: number }): number =>
  kind === 'all' ? BLOCK : batch;

/** Runs a section over the frames, or blocks of rows, of a call. `room` holds its temporary arrays. */
export function runSection(
  program: Program,
  memory: Memory,
  room: Float32Array,
  panelsOf: (weights: Weights) => Panels,
): void {
  const { section } = program;
  const { time, batch, reverse } = memory;
  for (const buffer of section.totals) memory.view(buffer, 0, rowsOf(buffer, memory)).fill(0);
  const runs = program.instructions.map((instruction) => bind(instruction, program, memory, room, panelsOf));
  const rows: Rows = { fixed: 0, frames: 0, before: 0, after: 0, carryIn: 0, carryOut: 0 };
  const step = (first: number, count: number): void => {
    rows.frames = first;
    // Before frame t is at t, or at t + 1 if reversed; after it the other way round.
    rows.before = reverse ? first + batch : first;
    rows.after = reverse ? first : first + batch;
    for (const run of runs) execute(run, rows, count);
  };
  if (section.kind === 'once') step(0, batch);
  else if (section.kind === 'all') {
    for (let first = 0; first < time * batch; first += BLOCK) step(first, Math.min(BLOCK, time * batch - first));
  } else {
    for (let i = 0; i < time; i++) {
      const t = section.isBackward === reverse ? i : time - 1 - i;
      // A carry has four parts: what comes in at first, two that take turns, and what goes out at last.
      rows.carryIn = batch * (i === 0 ? 0 : 1 + ((i - 1) & 1));
      rows.carryOut = batch * (i === time - 1 ? 3 : 1 + (i & 1));
      step(t * batch, batch);
    }
  }
}

function execute(run: Run, rows: Rows, count: number): void {
  const { operands, width } = run;
  for (const operand of operands) operand.at = operand.start + rows[operand.moving] * operand.stride;
  const [y, a, b, c] = operands as [Operand, Operand, Operand, Operand];
  if (run.kind === 'product') {
    const left = { values: a.values, start: a.at, rowStride: a.stride, columnStride: 1 };
    multiply(y.values, y.at, y.stride, count, left, run.weights);
  } else if (run.kind === 'reduction') {
    const { loop, depth } = run;
    for (let i = 0; i < count; i++) y.values[y.at + i * y.outer] = loop(depth, a.values, a.at + i * a.outer, a.inner);
  } else {
    const { loop, around } = run;
    const [m, n] = around === 'rows' ? [count, width] : around === 'columns' ? [width, count] : [1, count * width];
    for (let i = 0; i < m; i++) {
      const [atY, atA, atB, atC] = [y.at + i * y.outer, a.at + i * a.outer, b.at + i * b.outer, c.at + i * c.outer];
      loop(n, y.values, atY, y.inner, a.values, atA, a.inner, b.values, atB, b.inner, c.values, atC, c.inner);
    }
  }
}

/** Where the rows of an operand are. */
type Found = Pick<Operand, 'values' | 'start' | 'stride' | 'moving'> & {
  readonly row: number;
  readonly column: number;
};

/** An instruction with the arrays of a call. */
function bind(
  instruction: Instruction,
  program: Program,
  memory: Memory,
  room: Float32Array,
  panelsOf: (weights: Weights) => Panels,
): Run {
  const count = rowsAtOnce(program.section, memory);
  const find = (ref: Ref): Found => found(ref, program, memory, room);
  if (instruction.kind === 'product') {
    const { a, weights, to } = instruction;
    const { depth, columns: width } = weights;
    const refs: Ref[] = [
      { kind: 'place', place: to, width },
      { kind: 'place', place: a, width: depth },
    ];
    const operands = refs.map((ref) => operandOf(find(ref), 'rows'));
    return { kind: 'product', operands, width, weights: panelsOf(weights) };
  }
  const { out } = instruction;
  const { width } = out;
  if (instruction.kind === 'reduction') {
    const { loop, input } = instruction;
    const operands = [out, input].map((ref) => operandOf(find(ref), 'rows'));
    return { kind: 'reduction', operands, width, loop, depth: input.width };
  }
  const parts = [out, ...instruction.inputs].map(find);
  const isFlat = parts.every(({ row, column, stride }) => stride === 0 || (row === width && column === 1));
  const around = isFlat ? 'none' : width >= count ? 'rows' : 'columns';
  const operands = parts.map((part) => operandOf(part, around));
  while (operands.length < 4) operands.push(NOTHING);
  return { kind: 'elementwise', operands, width, loop: instruction.loop, around };
}

function operandOf({ values, start, stride, moving, row, column }: Found, around: Around): Operand {
  const [outer, inner] = around === 'columns' ? [column, row] : [row, column];
  return { values, at: 0, outer, inner, start, stride, moving };
}

function found(ref: Ref, { section, temporaries }: Program, memory: Memory, room: Float32Array): Found {
  if (ref.kind === 'constant') {
    return { values: Float32Array.of(ref.value), start: 0, stride: 0, moving: 'fixed', row: 0, column: 0 };
  }
  const { width } = ref;
  const column = width === 1 ? 0 : 1;
  if (ref.kind === 'temporary') {
    const start = rowsAtOnce(section, memory) * (temporaries.starts.get(ref.id) as number);
    return { values: room, start, stride: width, moving: 'fixed', row: width, column };
  }
  const { buffer, column: first } = ref.place;
  const { values, start } = memory.at(buffer);
  const isOneRow = buffer.kind === 'shared' || (buffer.kind === 'totals' && section.kind === 'all');
  const row = isOneRow ? 0 : buffer.width;
  return { values, start: start + first, stride: buffer.width, moving: movingOf(ref.place), row, column };
}
