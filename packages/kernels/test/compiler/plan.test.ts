import { type Frame, Rng, type Tree } from '@elman/core';
import { add, concat, matMul, type Tensor2D, tanh, tidy, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Node } from '../../src/compiler/graph.ts';
import { makePlan } from '../../src/compiler/plan/make-plan.ts';
import type { Plan, Section } from '../../src/compiler/plan/plan.ts';
import { simplify } from '../../src/compiler/simplify/simplify.ts';
import { type AnyCell, traceStep } from '../../src/compiler/trace/index.ts';
import { cellOf, gru, HIDDEN, INPUT, layerNormLstm, lstm, simpleRnn } from './cells.ts';

type Made = { init(rng: Rng): Tree; initialState(batch: number): Tree };

function planOf(cell: unknown, withGradient = true): Plan {
  const { init, initialState } = cell as Made;
  let plan: Plan | undefined;
  tidy(() => {
    const [params, state] = [init(Rng.seeded(1)), initialState(2)];
    const graph = traceStep(cell as AnyCell, { params, state, context: undefined, isMasked: false, isNoisy: false });
    plan = makePlan(simplify(graph), { withGradient, isConstantNoise: () => false });
  });
  return plan as unknown as Plan;
}

/** Kinds of sections, with the shapes of the weights of their products. */
const outline = (sections: readonly Section[]): string[] =>
  sections.map(({ kind, steps }) => {
    const products = steps.flatMap((step) =>
      step.kind === 'product' ? [shapeOf(step.weights.node, step.weights.transposed)] : [],
    );
    return `${kind}: ${products.join(' ')}`.trim();
  });
const shapeOf = ({ shape }: Node, transposed: boolean): string => `${shape.join('×')}${transposed ? 'ᵀ' : ''}`;
/** Numbers that are kept for backward, for each row of a frame. */
const heldWidth = ({ held }: Plan): number => [...held].reduce((sum, { width }) => sum + width, 0);

it('products with the input alone are made for all frames at once, and gradients w.r.t. it', () => {
  const [input, recurrent] = [`${INPUT}×${4 * HIDDEN}`, `${HIDDEN}×${4 * HIDDEN}`];
  const plan = planOf(lstm());
  expect(outline(plan.forward)).toEqual([`all: ${input}`, `loop: ${recurrent}`]);
  expect(outline(plan.backward)).toEqual([`loop: ${recurrent}ᵀ`, `all: ${input}ᵀ`]);
  expect(plan.gradients.map(({ rows, columns }) => [rows, columns])).toEqual([
    [HIDDEN, 4 * HIDDEN],
    [INPUT, 4 * HIDDEN],
  ]);
});

it('an LSTM keeps four gates, c and h for backward, a simple RNN h alone, a GRU five numbers a unit', () => {
  expect(heldWidth(planOf(lstm()))).toBe(6 * HIDDEN);
  expect(heldWidth(planOf(simpleRnn()))).toBe(HIDDEN);
  expect(heldWidth(planOf(gru()))).toBe(5 * HIDDEN);
  expect(planOf(lstm(), false).held.size).toBe(0);
});

it('reductions are passes of their own over the columns of a row, in one step of rows', () => {
  const [, loop] = planOf(layerNormLstm()).forward as [Section, Section];
  const rows = loop.steps.filter((step) => step.kind === 'rows');
  expect(rows).toHaveLength(1);
  // Mean and variance of z, then of c, then the output.
  expect(rows[0]?.levels.filter(({ loops }) => loops.length > 0)).toHaveLength(5);
});

it('states that do not depend on each other have loops of their own, with what is between for all frames at once', () => {
  type Weights = { a: Tensor2D; b: Tensor2D; between: Tensor2D; w: Tensor2D };
  const square = [HIDDEN, HIDDEN];
  const layers = cellOf<Weights, { a: Frame; b: Frame }>(
    { a: square, b: square, between: [HIDDEN, 2], w: [INPUT, HIDDEN] },
    (batch) => ({ a: zeros([batch, HIDDEN]), b: zeros([batch, HIDDEN]) }),
    (params, state, x) => {
      const a: Frame = tanh(add(matMul(x, params.w), matMul(state.a, params.a)));
      const joined = concat([matMul(a, params.between), matMul(a, params.between)], 1);
      const b: Frame = tanh(add(joined, matMul(state.b, params.b)));
      return { output: b, state: { a, b } };
    },
  );
  const plan = planOf(layers);
  const [own, between, input] = [square.join('×'), `${HIDDEN}×2`, `${INPUT}×${HIDDEN}`];
  expect(outline(plan.forward)).toEqual([`all: ${input}`, `loop: ${own}`, `all: ${between}`, `loop: ${own}`]);
  expect(outline(plan.backward).filter((section) => section.startsWith('loop'))).toEqual([
    `loop: ${own}ᵀ`,
    `loop: ${own}ᵀ`,
  ]);
});
