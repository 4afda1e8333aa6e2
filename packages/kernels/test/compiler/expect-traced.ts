import { type Cell, Rng, type Tree, tree } from '@elman/core';
import { add, cast, engine, mul, notEqual, sum, Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Node, StepGraph } from '../../src/compiler/graph.ts';
import { type AnyCell, traceStep } from '../../src/compiler/trace/index.ts';
import { type Given, ROWS, runGraph } from './replay.ts';

export type Case = {
  readonly context?: unknown;
  readonly isMasked?: boolean | undefined;
  readonly isNoisy?: boolean | undefined;
  /** Tensors outside of the step that it uses. */
  readonly captured?: readonly Tensor[] | undefined;
  /** The largest error allowed. */
  readonly tolerance?: number | undefined;
  /** A state other than small positive numbers. */
  readonly state?: Tree | undefined;
};

/** Traces a cell, runs the graph op by op, and expects the values and gradients of its step. Returns the graph. */
export function expectTraced<P extends Tree, S extends Tree, C>(cell: Cell<P, S, C>, case_: Case = {}): StepGraph {
  const { context, isMasked = false, isNoisy = false, captured = [], tolerance = 1e-6 } = case_;
  const rng = Rng.seeded(5);
  const normal = (label: string, shape: readonly number[]): Tensor => rng.fork(label).tensor(shape, (r) => r.normal());
  let graph: StepGraph | undefined;
  tidy(() => {
    const params = cell.init(rng.fork('params'));
    const state = (case_.state as S | undefined) ?? someState(cell, context as C, rng);
    const like = { params, state, context, isMasked, isNoisy };
    const before = engine().memory();
    graph = traceStep(cell as unknown as AnyCell, like);
    expect(engine().memory()).toEqual(before);

    const given: Given = {
      params,
      state,
      input: normal('input', [ROWS, cell.inputSize]),
      contexts: tensorsOf(context),
      mask: isMasked ? rng.fork('mask').tensor([ROWS, 1], (r) => r.integer(2)) : undefined,
      rng: isNoisy ? rng.fork('noise').frame(3) : undefined,
      dOutput: normal('dOutput', [ROWS, cell.outputSize]),
      dNext: tree.leaves(state).map((leaf, i) => (isFloat(leaf) ? normal(`dNext ${i}`, leaf.shape) : undefined)),
    };
    const { output, next, gradients } = stepped(cell, given, context as C, captured);
    const made = runGraph(graph, given);
    const got = (node: Node | undefined, like: Tensor): Tensor => (node && made.get(node)) ?? zerosLike(like);
    expectClose('output', got(graph.output, output), output, tolerance);
    for (const [i, leaf] of next.entries()) expectClose(`next ${i}`, got(graph.next[i], leaf), leaf, tolerance);
    const { dParams, dState, dInput, dContext } = graph;
    const byTensor = new Map<Tensor, Node | undefined>([
      ...tree.leaves(params).map((leaf, i) => [leaf, dParams[i]] as const),
      ...tree.leaves(state).map((leaf, i) => [leaf, dState[i]] as const),
      [given.input, dInput],
      ...given.contexts.map((leaf, i) => [leaf, dContext[i]] as const),
      ...graph.captured.map(({ tensor }, i) => [tensor, graph?.dCaptured[i]] as const),
    ]);
    for (const [i, { of, gradient }] of gradients.entries()) {
      expectClose(`gradient ${i} [${of.shape}]`, got(byTensor.get(of), of), gradient ?? zerosLike(of), tolerance);
    }
    for (const captive of captured) expect(byTensor.has(captive)).toBe(true);
  });
  return graph as StepGraph;
}

const isFloat = ({ dtype }: Tensor): boolean => dtype === 'float32';

/** Small positive numbers that sum to less than 1 in a row: they may be weights. */
function someState<P extends Tree, S extends Tree, C>(cell: Cell<P, S, C>, context: C, rng: Rng): S {
  return tree.map(cell.initialState(ROWS, context), (leaf, path) =>
    isFloat(leaf) ? rng.fork(path).tensor(leaf.shape, (r) => r.uniform(0.02, 0.2)) : leaf,
  );
}

/** Tensors in objects, in the sorted order of their keys. */
function tensorsOf(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value)
    .sort()
    .flatMap((key) => tensorsOf((value as { [key: string]: unknown })[key]));
}

/** Values and gradients of the step itself, by the tape. */
function stepped<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  { params, state, input, contexts, mask, rng, dOutput, dNext }: Given,
  context: C,
  captured: readonly Tensor[],
) {
  const watched = [...tree.leaves(params), ...tree.leaves(state), input, ...contexts, ...captured].filter(isFloat);
  let results: { output: Tensor; next: Tensor[] } | undefined;
  const { grads } = engine().gradients(
    () => {
      let { output, state: next }: { output: Tensor; state: Tree } = cell.step(
        params as P,
        state as S,
        input as never,
        context,
        rng,
      );
      if (mask !== undefined) {
        output = mul(output, cast(notEqual(mask, 0), 'float32'));
        next = tree.where(mask as never, next, state);
      }
      const leaves = tree.leaves(next);
      results = tree.keep(tree.clone({ output, next: leaves }));
      const terms = leaves.flatMap((leaf, i) => (dNext[i] ? [sum(mul(leaf, dNext[i]))] : []));
      return terms.reduce((total, term) => add(total, term), sum(mul(output, dOutput)));
    },
    watched,
    undefined as unknown as Tensor,
    true,
  );
  const { output, next } = tree.release(results as NonNullable<typeof results>);
  return { output, next, gradients: watched.map((of, i) => ({ of, gradient: grads[i] as Tensor | undefined })) };
}

function expectClose(what: string, got: Tensor, wanted: Tensor, tolerance: number): void {
  expect([what, got.dtype, ...got.shape]).toEqual([what, wanted.dtype, ...wanted.shape]);
  const [a, b] = [got.dataSync(), wanted.dataSync()];
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const error = Math.abs((a[i] as number) - (b[i] as number)) / (1 + Math.abs(b[i] as number));
    if (!(error <= worst)) worst = error;
  }
  expect(worst, `${what}: largest error`).toBeLessThanOrEqual(tolerance);
}
