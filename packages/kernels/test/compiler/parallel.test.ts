import { Rng } from '@elman/core';
import { add, matMul, mul, sigmoid, sub, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stagesOf } from '../../src/compiler/plan/stages.ts';
import { isParallel } from '../../src/compiler/shader/parallel.ts';
import { simplify } from '../../src/compiler/simplify/simplify.ts';
import { type AnyCell, traceStep } from '../../src/compiler/trace/index.ts';
import { builtIn } from './built-in-cells.ts';
import { cellOf, HIDDEN, h0, INPUT } from './cells.ts';

type Weights = { z: Tensor2D; n: Tensor2D };
type State = { h: Tensor2D };

/** hₜ = (1 − zₜ)∘hₜ₋₁ + zₜ∘nₜ, where z depends on the input, or on the state, too. */
const minGru = (gate: (z: Tensor2D, h: Tensor2D) => Tensor2D) =>
  cellOf<Weights, State>({ z: [INPUT, HIDDEN], n: [INPUT, HIDDEN] }, h0, ({ z, n }, { h }, x) => {
    const write: Tensor2D = sigmoid(gate(matMul(x, z), h));
    const next: Tensor2D = add(mul(sub(1, write), h), mul(write, matMul(x, n)));
    return { output: next, state: { h: next } };
  });

/** Of which the state is the last input. */
const delay = () =>
  cellOf<{ w: Tensor2D }, { x: Tensor2D }>(
    { w: [INPUT, HIDDEN] },
    (batch) => ({ x: zeros([batch, INPUT]) }),
    ({ w }, { x: before }, x) => ({ output: matMul(before, w), state: { x } }),
  );

function isParallelStep(cell: unknown, isMasked: boolean): boolean {
  const own = cell as AnyCell;
  const params = own.init(Rng.seeded('params'));
  const state = own.initialState(2);
  const given = { params, state, context: undefined, isMasked, isNoisy: false, engine: undefined };
  const graph = simplify(traceStep(own, given));
  return isParallel(
    graph,
    stagesOf(graph, () => false),
  );
}

it('a step is parallel in time if a state is linear in itself, with coefficients', () => {
  for (const isMasked of [false, true]) {
    expect(
      isParallelStep(
        minGru((z) => z),
        isMasked,
      ),
    ).toBe(true);
    expect(
      isParallelStep(
        minGru((z, h) => add(z, h)),
        isMasked,
      ),
    ).toBe(false);
    expect(isParallelStep(delay(), isMasked)).toBe(false);
    for (const make of Object.values(builtIn)) expect(isParallelStep(make(), isMasked)).toBe(false);
  }
});
