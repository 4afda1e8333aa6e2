import type { PlanWorkspace } from '../../simd/plan-workspace.ts';
import { type Buffer, type Place, type Plan, type ProductStep, type Section, targetsOf } from '../plan/plan.ts';
import { tableLength } from '../wasm/module.ts';
import { addressOf, type Call } from './call.ts';
import type { Lookup, Writing } from './given.ts';
import { SLACK } from './layout.ts';
import { putRows, takeRows } from './rows.ts';
import { placedAt, writeTable } from './table.ts';

/**
 * Where inputs are rows of a table, as with the tokens of a vocabulary, what depends on the input alone is computed once for each row
 * of the table and looked up, and gradients are added up for each row of the table before they are multiplied.
 */
export type LookupPlan = {
  /** The first section, if it depends on the input alone: it is run over the table. */
  readonly first: Section | undefined;
  /** What it leaves behind. */
  readonly results: readonly Buffer[];
  /** The last product of backward, if it is all that makes the gradient w.r.t. the input. */
  readonly last: ProductStep | undefined;
  /** Whether the frames of the input itself are needed. */
  readonly needsFrames: { readonly forward: boolean; readonly backward: boolean };
};

export function lookupPlanOf(plan: Plan): LookupPlan {
  const { forward, backward, input, dInput, gradients } = plan;
  const [section] = forward;
  const first = section !== undefined && dependsOnInputAlone(section, plan) ? section : undefined;
  const step = backward.at(-1)?.steps.length === 1 ? backward.at(-1)?.steps[0] : undefined;
  const isLast = step?.kind === 'product' && step.to.buffer === dInput?.buffer && isWhole(step.a);
  const reads = (sections: readonly Section[]): boolean =>
    sections.some(({ places }) => [...places.values()].some(({ buffer }) => buffer === input));
  const isScattered = gradients.every(
    ({ a, b }) => (a.buffer !== input || (isWhole(a) && isWhole(b))) && b.buffer !== input,
  );
  return {
    first,
    results: first === undefined ? [] : first.steps.flatMap(targetsOf).filter(({ kind }) => kind === 'frames'),
    last: isLast ? step : undefined,
    needsFrames: {
      forward: reads(first === undefined ? forward : forward.slice(1)),
      backward: reads(backward) || !isScattered,
    },
  };
}

const isWhole = ({ buffer, column }: Place): boolean => buffer.kind === 'frames' && column === 0;

/** Whether a section reads nothing but the input and parameters, and leaves behind neither outputs nor states. */
export function dependsOnInputAlone(
  { kind, places, steps, totals }: Section,
  { input, output, states }: Plan,
): boolean {
  const targets = new Set(steps.flatMap(targetsOf));
  if (kind !== 'all' || totals.length > 0 || targets.has(output.buffer) || states.some((state) => targets.has(state)))
    return false;
  return [...places.values()].every(
    ({ buffer }) => buffer === input || buffer.kind === 'shared' || targets.has(buffer),
  );
}

/** Runs a section over the rows of a table in place of the rows of frames: `buffers` are the addresses of its buffers there. */
export type RunOver = (section: Section, table: number, rows: number) => void;

const roomOf = ({ stride }: Buffer, rows: number): number => rows * stride + SLACK;

/** Floats that `lookUp` takes. */
export function lookupRoom(plan: Plan, { first, results }: LookupPlan, rows: number, frames: number): number[] {
  const parts = [roomOf(plan.input, rows), frames];
  if (first !== undefined) parts.push(tableLength(plan), ...results.map((buffer) => roomOf(buffer, rows)));
  return parts;
}

/** Fills the buffers of the input and of what depends on it alone. */
export function lookUp(
  workspace: PlanWorkspace,
  plan: Plan,
  { first, results }: LookupPlan,
  call: Call,
  { table, rows, ids }: Lookup,
  run: RunOver,
): void {
  const { blocks } = workspace;
  const tableAt = call.take(roomOf(plan.input, rows));
  const idsAt = putIds(workspace, call, ids);
  putRows(blocks, table, tableAt, plan.input);
  gather(workspace, tableAt, idsAt, call.at(plan.input), plan.input, ids.length);
  if (first === undefined) return;
  const words = call.take(tableLength(plan));
  const buffers = new Map<Buffer, number>([[plan.input, tableAt]]);
  for (const buffer of results) buffers.set(buffer, call.take(roomOf(buffer, rows)));
  const atHand = new Map(
    [...first.places.values()].flatMap(({ buffer }) =>
      call.at(buffer) === undefined ? [] : [[buffer, call.at(buffer) as number]],
    ),
  );
  for (const buffer of first.steps.flatMap(targetsOf))
    if (call.at(buffer) !== undefined) atHand.set(buffer, call.at(buffer) as number);
  const all = new Map([...atHand, ...buffers] as [Buffer, number][]);
  writeTable(blocks, plan, words, {
    time: 1,
    batch: rows,
    reverse: false,
    buffers: placedAt(all),
    weights: call.weights,
  });
  run(first, words, rows);
  for (const buffer of results)
    gather(workspace, buffers.get(buffer) as number, idsAt, call.at(buffer), buffer, ids.length);
}

function putIds({ blocks }: PlanWorkspace, call: Call, ids: Int32Array): number {
  const at = call.take(ids.length);
  const view = blocks.view(at, ids.length);
  new Int32Array(view.buffer, view.byteOffset, ids.length).set(ids);
  return at;
}

function gather(
  { team }: PlanWorkspace,
  from: number,
  ids: number,
  to: number | undefined,
  { stride }: Buffer,
  count: number,
): void {
  if (to !== undefined) team.run('gatherRows', count, 1, count * stride, from, ids, to, stride);
}

/** Floats that `scatter` takes. */
export function scatterRoom(plan: Plan, { last }: LookupPlan, rows: number, frames: number): number[] {
  const parts = [roomOf(plan.input, rows), frames, tableLength(plan)];
  if (plan.dInput !== undefined) parts.push(roomOf(plan.dInput.buffer, rows));
  const buffers = new Set(plan.gradients.flatMap(({ a, b }) => (a.buffer === plan.input ? [b.buffer] : [])));
  if (last !== undefined) buffers.add(last.a.buffer);
  return [...parts, ...[...buffers].map((buffer) => roomOf(buffer, rows))];
}

/** Gradients added up for each row of the table. */
export type Scattered = {
  /** The address of the table. */
  readonly table: number;
  /** The address of the sums of a buffer of frames. */
  sumsOf(buffer: Buffer): number;
  /** W.r.t. the table: [rows, inputSize]. */
  readonly gradient: Writing | undefined;
};

/** Adds up gradients w.r.t. frames for each row of the table, and computes the gradient w.r.t. the table. */
export function scatter(
  workspace: PlanWorkspace,
  plan: Plan,
  { last }: LookupPlan,
  call: Call,
  { table, rows, ids }: Lookup,
  run: RunOver,
): Scattered {
  const { blocks, team } = workspace;
  const tableAt = call.take(roomOf(plan.input, rows));
  const idsAt = putIds(workspace, call, ids);
  const words = call.take(tableLength(plan));
  putRows(blocks, table, tableAt, plan.input);
  const sums = new Map<Buffer, number>();
  const add = (buffer: Buffer, to: number): number => {
    blocks.view(to, rows * buffer.stride).fill(0);
    const from = addressOf(call, { buffer, column: 0 });
    // A multiple of a cache line for each part, so that no two write to the same.
    team.runOnto(
      (first, end) => {
        for (let row = 0; row < rows; row++)
          blocks.view(to + 4 * row * buffer.stride, buffer.stride).fill(0, first, end);
      },
      'addRows',
      buffer.stride,
      Math.min(16, buffer.stride),
      ids.length * buffer.stride,
      from,
      idsAt,
      to,
      ids.length,
      rows,
      buffer.stride,
    );
    return to;
  };
  const sumsOf = (buffer: Buffer): number => {
    const known = sums.get(buffer) ?? add(buffer, call.take(roomOf(buffer, rows)));
    sums.set(buffer, known);
    return known;
  };
  let gradient: Writing | undefined;
  if (plan.dInput !== undefined) {
    const { buffer } = plan.dInput;
    const to = call.take(roomOf(buffer, rows));
    if (last === undefined) add(buffer, to);
    else {
      const buffers = new Map([
        [last.a.buffer, sumsOf(last.a.buffer)],
        [buffer, to],
      ]);
      writeTable(blocks, plan, words, {
        time: 1,
        batch: rows,
        reverse: false,
        buffers: placedAt(buffers),
        weights: call.weights,
      });
      run(plan.backward.at(-1) as Section, words, rows);
    }
    gradient = takeRows(blocks, to, rows, buffer);
  }
  return { table: tableAt, sumsOf, gradient };
}
