import type { Node } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import { BLOCK, type Moment, type Place, type Plan, type RowsStep, type Section } from '../plan/plan.ts';
import type { Work } from './explanation.ts';

/** Rows and frames of a sequence. */
export type Sizes = { readonly batchSize: number; readonly time: number };

const FLOAT = 4;

export const NO_WORK: Work = { products: 0, elementwise: 0, bytes: 0 };

export const add = (a: Work, b: Work): Work => ({
  products: a.products + b.products,
  elementwise: a.elementwise + b.elementwise,
  bytes: a.bytes + b.bytes,
});

const times = ({ products, elementwise, bytes }: Work, factor: number): Work => ({
  products: products * factor,
  elementwise: elementwise * factor,
  bytes: bytes * factor,
});

/** What a section does for one frame of all rows; what it does once is spread over the frames. */
export function workOf(section: Section, { batchSize, time }: Sizes): Work {
  const isOnce = section.kind === 'once';
  const rows = isOnce ? batchSize / time : batchSize;
  /** How often a matrix of weights is read in a frame. */
  const readings = { once: 1 / time, loop: 1, all: Math.ceil((batchSize * time) / BLOCK) / time }[section.kind];
  let sum = NO_WORK;
  for (const step of section.steps) {
    if (step.kind === 'rows') sum = add(sum, times(passesOf(section, step).perRow, rows));
    else {
      const { depth, columns } = step.weights;
      const perRow = { products: 2 * depth * columns, elementwise: 0, bytes: FLOAT * (depth + columns) };
      sum = add(sum, times(perRow, step.rows * rows));
      sum = add(sum, times({ ...NO_WORK, bytes: FLOAT * depth * columns }, readings));
    }
  }
  return sum;
}

/** What gradients w.r.t. weights take for one frame of all rows. */
export function workOfGradients({ gradients }: Plan, { batchSize, time }: Sizes): Work {
  return gradients
    .map(({ rows, columns, count, once }) => {
      const perRow = {
        products: 2 * count * rows * columns,
        elementwise: 0,
        bytes: FLOAT * count * (rows + columns),
      };
      return times(perRow, once ? batchSize / time : batchSize);
    })
    .reduce(add, NO_WORK);
}

/** What a section's step of rows does for one row, and the ops that it computes. */
export function passesOf({ places, storedAt }: Section, { index, levels }: RowsStep): { perRow: Work; ops: Set<Node> } {
  const ops = new Set<Node>();
  let elementwise = 0;
  let numbers = 0;
  const isThere = (of: Node, now: Moment): boolean => {
    const { step, level } = storedAt.get(of) ?? { step: -1, level: 0 };
    return places.has(of) && (now.step > step || (now.step === step && now.level >= level));
  };
  const move = ({ buffer }: Place, width: number): void => {
    if (buffer.kind !== 'shared' && buffer.kind !== 'scratch') numbers += width;
  };
  const scalars = new Set<Node>();
  for (const { level, scalars: single, totalsOfScalars, loops } of levels) {
    const now = { step: index, level };
    const compute = (of: Node, pass: Set<Node>): void => {
      const known = widthOf(of) === 1 ? scalars : pass;
      if (isImmediate(of) || known.has(of)) return;
      known.add(of);
      if (isThere(of, now)) {
        move(places.get(of) as Place, widthOf(of));
        return;
      }
      if (of.op !== 'BroadcastTo') {
        ops.add(of);
        elementwise += widthOf(of);
      }
      for (const input of of.inputs) compute(input, pass);
    };
    for (const { value, to } of [...single, ...totalsOfScalars]) {
      compute(value, scalars);
      move(to, 1);
    }
    for (const { width, stores, reductions, totals, axisReductions } of loops) {
      const pass = new Set<Node>();
      for (const of of reductions) {
        compute(of.inputs[0] as Node, pass);
        ops.add(of);
        elementwise += width;
      }
      for (const { value, to } of axisReductions) {
        compute(value.inputs[0] as Node, pass);
        ops.add(value);
        elementwise += width;
        move(to, widthOf(value));
      }
      for (const { value, to } of stores) {
        compute(value, pass);
        move(to, width);
      }
      for (const { value, to } of totals) {
        compute(value, pass);
        elementwise += width;
        move(to, 2 * width);
      }
      for (const of of reductions) scalars.add(of);
    }
  }
  return { perRow: { products: 0, elementwise, bytes: FLOAT * numbers }, ops };
}
