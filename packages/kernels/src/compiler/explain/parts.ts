import { inOrder, type Node } from '../graph.ts';
import { type Plan, type ProductStep, type Section, targetsOf } from '../plan/plan.ts';
import { bytesOf } from '../run/layout.ts';
import type { Kept, Part, Product } from './explanation.ts';
import { nameOf, valueAt, valueIn } from './names.ts';
import { passesOf, type Sizes, workOf, workOfGradients } from './work.ts';

const WHEN = { once: 'once', all: 'for all frames at once', loop: 'loop over frames' } as const;

/** The parts of a direction, in order. */
export function partsOf(plan: Plan, isBackward: boolean, sizes: Sizes): Part[] {
  const sections = isBackward ? plan.backward : plan.forward;
  const parts = sections.map((section) => partOf(plan, section, sizes));
  if (isBackward && plan.gradients.length > 0) parts.push(gradientsOf(plan, sizes));
  return parts.filter(({ products, ops, passes, states }) => products.length + ops + passes + states.length > 0);
}

function partOf(plan: Plan, section: Section, sizes: Sizes): Part {
  const passes = section.steps.flatMap((step) => (step.kind === 'rows' ? [passesOf(section, step)] : []));
  const levels = section.steps.flatMap((step) => (step.kind === 'rows' ? step.levels : []));
  return {
    when: WHEN[section.kind],
    states: section.kind === 'loop' ? statesOf(plan, section) : [],
    products: section.steps.flatMap((step) => (step.kind === 'product' ? [productOf(section, step, sizes)] : [])),
    passes: levels.reduce((sum, { loops }) => sum + loops.length, 0),
    ops: passes.reduce((sum, { ops }) => sum + ops.size, 0),
    perFrame: workOf(section, sizes),
  };
}

/** The leaves of the state that a section computes, or their gradients. */
function statesOf({ states, carries, graph }: Plan, { steps, isBackward }: Section): string[] {
  const written = new Set(steps.flatMap(targetsOf));
  return graph.state.flatMap((leaf, i) => {
    const buffer = (isBackward ? carries : states)[i];
    return buffer !== undefined && written.has(buffer) ? [nameOf(leaf)] : [];
  });
}

function productOf(section: Section, { rows: count, a, weights }: ProductStep, sizes: Sizes): Product {
  const { node, transposed, depth, columns } = weights;
  const of = valueAt(section, a, depth * count);
  const left = of !== undefined && of.op === 'Input' ? nameOf(of) : section.isBackward ? 'gradient' : nameOfStep(of);
  return {
    name: `${left} · ${nameOf(node)}${transposed ? 'ᵀ' : ''}`,
    rows: count * rowsOf(section.kind, sizes),
    depth,
    columns,
  };
}

const nameOfStep = (of: Node | undefined): string => {
  if (of === undefined) return 'a value';
  return of.line === undefined ? nameOf(of) : `${nameOf(of)} at ${of.line}`;
};

function rowsOf(kind: Section['kind'], { batchSize, time }: Sizes): number {
  return kind === 'all' ? batchSize * time : batchSize;
}

/** Gradients w.r.t. weights: products over all frames. */
function gradientsOf(plan: Plan, sizes: Sizes): Part {
  const products = plan.gradients.map(({ node, rows, columns, count, once }): Product => {
    const name = `gradient of ${parameterOf(plan, node)}`;
    return { name, rows, depth: count * rowsOf(once ? 'once' : 'all', sizes), columns };
  });
  return { when: WHEN.all, states: [], products, passes: 0, ops: 0, perFrame: workOfGradients(plan, sizes) };
}

/** The parameter, or other tensor, whose gradient is made from a product. */
function parameterOf({ graph }: Plan, product: Node): string {
  const { params, dParams, captured, dCaptured, context, dContext } = graph;
  const all = [...params, ...captured.map(({ node }) => node), ...context];
  const gradients = [...dParams, ...dCaptured, ...dContext];
  const i = gradients.findIndex((of) => of !== undefined && inOrder([of]).includes(product));
  return i < 0 ? 'weights' : nameOf(all[i] as Node);
}

/** What is kept for backward. */
export function keptOf(plan: Plan, { batchSize: batch, time }: Sizes): Kept {
  const { held, states, graph } = plan;
  const values = [...held].map((buffer) => {
    const of = valueIn(plan, buffer);
    const name = of === undefined ? 'a value' : states.includes(buffer) ? `state ${nameOf(of)}` : nameOf(of);
    return { name, width: buffer.width, line: of?.line };
  });
  const numbers = values.reduce((sum, { width }) => sum + width, 0);
  const bytes = [...held].reduce((sum, buffer) => sum + bytesOf(buffer, { time, batch, parts: 1 }, false), 0);
  return { values, numbers, numbersPerUnit: numbers / (graph.output.shape[1] as number), bytes };
}
