import type { Cell } from '@elman/core';
import { Rng, type Sequence, type Steps } from '@elman/core';
import {
  add,
  concat,
  expandDims,
  mul,
  ones,
  reshape,
  sigmoid,
  slice,
  type Tensor2D,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { shiftsFrames } from '../../src/compiler/plan/shifts.ts';
import { stagesOf } from '../../src/compiler/plan/stages.ts';
import { simplify } from '../../src/compiler/simplify/simplify.ts';
import { type AnyCell, traceStep } from '../../src/compiler/trace/index.ts';
import { compiledScan, explain } from '../../src/index.ts';
import { builtIn } from './built-in-cells.ts';
import { cellOf, HIDDEN, h0, INPUT } from './cells.ts';

type Weights = { w: Tensor2D };

/** The sum of the last three inputs, of which the state is two. */
const buffer = (): Cell<Weights, { earlier: Tensor3D }> =>
  cellOf<Weights, { earlier: Tensor3D }>(
    { w: [1, INPUT] },
    (batch) => ({ earlier: zeros([batch, 2, INPUT]) }),
    ({ w }, { earlier }, x) => {
      const seen: Tensor3D = concat([earlier, expandDims(x, 1)], 1);
      const at = (t: number): Tensor2D => reshape(slice(seen, [0, t, 0], [-1, 1, -1]), [-1, INPUT]);
      return {
        output: mul(w, add(add(at(0), at(1)), at(2))),
        state: { earlier: slice(seen, [0, 1, 0], [-1, 2, -1]) },
      };
    },
    INPUT,
  );

/** Of which the state is the last input. */
const delay = () =>
  cellOf<Weights, { x: Tensor2D }>(
    { w: [1, INPUT] },
    (batch) => ({ x: zeros([batch, INPUT]) }),
    ({ w }, { x: before }, x) => ({ output: mul(before, w), state: { x } }),
    INPUT,
  );

/** The sum of all inputs. */
const total = () =>
  cellOf<Weights, { h: Tensor2D }>({ w: [1, HIDDEN] }, h0, ({ w }, { h }, x) => {
    const next: Tensor2D = add(h, mul(w, slice(x, [0, 0], [-1, 1])));
    return { output: sigmoid(next), state: { h: next } };
  });

function shifts(cell: unknown, isMasked: boolean): boolean {
  const own = cell as AnyCell;
  const params = own.init(Rng.seeded('params'));
  const state = own.initialState(2);
  const given = { params, state, context: undefined, isMasked, isNoisy: false, engine: undefined };
  const graph = simplify(traceStep(own, given));
  return shiftsFrames(
    graph,
    stagesOf(graph, () => false),
  );
}

it('a state is a buffer if it is made of itself and inputs by moving numbers', () => {
  for (const isMasked of [false, true]) {
    expect(shifts(buffer(), isMasked)).toBe(true);
    for (const make of [delay, total, ...Object.values(builtIn)]) expect(shifts(make(), isMasked)).toBe(false);
  }
});

it('a cell with a buffer runs by its scan, if it has one', () => {
  const inputs = ones([2, 3, INPUT]) as Sequence;
  const scan = (): Steps<{ earlier: Tensor3D }> => ({ outputs: inputs, state: { earlier: zeros([2, 2, INPUT]) } });
  for (const cell of [buffer(), { ...buffer(), scan }] as ReturnType<typeof buffer>[]) {
    const isScanned = cell.scan !== undefined;
    const params = cell.init(Rng.seeded(1));
    const found = compiledScan(cell, params, cell.initialState(2), inputs, { context: undefined });
    if (isScanned) expect(found).toBeUndefined();
    const { isCompiledHere, runsOn } = explain(cell, { batchSize: 2, time: 3 });
    expect(isCompiledHere).toBe(found !== undefined);
    if (isScanned) expect(runsOn).toContain("by the cell's own scan");
  }
});
