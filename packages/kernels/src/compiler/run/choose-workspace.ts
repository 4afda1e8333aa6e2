import { engine } from '@tensorflow/tfjs-core';
import { heapWorkspace, type PlanWorkspace } from '../../simd/plan-workspace.ts';
import { type Buffer, type Plan, targetsOf } from '../plan/plan.ts';
import { operationsOf } from './work.ts';

/** Numbers up to which the buffers of a call may be on the heap of tfjs, which never shrinks: 16 MB. */
const MOST_NUMBERS = 4e6;
/** Operations of forward up to which more threads would not pay for the copies to the memory that they share. */
const SMALL = 1e6;
/** The same for one row, whose frames follow one another on one thread. */
const SMALL_FOR_ONE_ROW = 4e7;

/** What the choice depends on, for one row of one frame. */
export type RowCosts = { readonly numbers: number; readonly operations: number };

export function rowCostsOf({ forward, backward }: Plan): RowCosts {
  const sections = [...forward, ...backward];
  const buffers = new Set<Buffer>(
    sections.flatMap(({ places, steps }) => [
      ...[...places.values()].map(({ buffer }) => buffer),
      ...steps.flatMap(targetsOf),
    ]),
  );
  const ofFrames = [...buffers].filter(({ kind }) => kind === 'frames' || kind === 'states');
  return {
    numbers: ofFrames.reduce((sum, { stride }) => sum + stride, 0),
    operations: forward.reduce((sum, section) => sum + operationsOf(section), 0),
  };
}

/**
 * Where a sequence is computed: on the heap of the wasm backend, which spares copies, unless it is large and several threads share
 * the work; else in `shared`. The numbers are the same.
 */
export function workspaceFor(
  shared: PlanWorkspace,
  { numbers, operations }: RowCosts,
  { time, batch }: { readonly time: number; readonly batch: number },
): PlanWorkspace {
  const { backendName, backend } = engine();
  if (backendName !== 'wasm' || time * batch * numbers > MOST_NUMBERS) return shared;
  const isAlone = shared.team.size === 1 || time * batch * operations <= (batch === 1 ? SMALL_FOR_ONE_ROW : SMALL);
  return (isAlone && heapWorkspace(backend)) || shared;
}
