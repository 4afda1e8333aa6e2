import { type Cell, Rng, type ScanOptions, type Sequence, type Steps, type Tree, tree } from '@elman/core';
import {
  add,
  cast,
  engine,
  mul,
  reshape,
  stack,
  sum,
  type Tensor,
  tidy,
  unstack,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { compiledScan } from '../../src/compiler/compiled-scan.ts';
import { tensorsOf } from '../../src/compiler/compiled-step.ts';

export type CompiledCase = {
  readonly context?: unknown;
  readonly batch?: number | undefined;
  readonly time?: number | undefined;
  readonly reverse?: boolean | undefined;
  readonly isMasked?: boolean | undefined;
  /** The largest error allowed, relative to the largest number. */
  readonly tolerance?: number | undefined;
};

const isFloat = ({ dtype }: Tensor): boolean => dtype === 'float32';

/** Runs a sequence by the compiled step and by the step itself, and expects the same values and gradients. */
export function expectCompiled<P extends Tree, S extends Tree, C>(cell: Cell<P, S, C>, case_: CompiledCase = {}): void {
  const { batch = 3, time = 3, reverse = false, isMasked = false, tolerance = 1e-5 } = case_;
  const context = case_.context as C;
  const rng = Rng.seeded(7);
  const normal = (label: string, shape: readonly number[]): Tensor => rng.fork(label).tensor(shape, (r) => r.normal());
  tidy(() => {
    const params = cell.init(rng.fork('params'));
    const state = tree.map(cell.initialState(batch, context), (leaf, path) =>
      isFloat(leaf) ? rng.fork(path).tensor(leaf.shape, (r) => r.uniform(0.02, 0.2)) : leaf,
    );
    const inputs = normal('inputs', [batch, time, cell.inputSize]) as Sequence;
    const mask = isMasked ? rng.fork('mask').tensor([batch, time], (r) => Number(r.uniform() < 0.7)) : undefined;
    const options = { context, mask, reverse } as ScanOptions<C>;
    const watched = [...tree.leaves(params), ...tree.leaves(state), inputs, ...tensorsOf(context)].filter(isFloat);
    const valuesAndGradients = (run: () => Steps<S> | undefined): Tensor[] => {
      let results: Tensor[] = [];
      const { grads } = engine().gradients(
        () => {
          const steps = run();
          expect(steps, 'it compiles').toBeDefined();
          const { outputs, state: last } = steps as Steps<S>;
          const all = [outputs, ...tree.leaves(last)];
          results = all.map((of) => tree.keep(tree.clone(of)));
          const weighted = all.filter(isFloat).map((of, i) => sum(mul(of, normal(`weights ${i}`, of.shape))));
          return weighted.reduce((total, each) => add(total, each));
        },
        watched,
        undefined as unknown as Tensor,
        true,
      );
      return [...tree.release(results), ...watched.map((of, i) => (grads[i] as Tensor | undefined) ?? zerosLike(of))];
    };
    const got = valuesAndGradients(() => compiledScan(cell, params, state, inputs, options));
    const wanted = valuesAndGradients(() => stepped(cell, params, state, inputs, options));
    const names = [
      'outputs',
      ...tree.leaves(state).map((_, i) => `state ${i}`),
      ...watched.map((_, i) => `gradient ${i}`),
    ];
    for (const [i, of] of wanted.entries()) expectClose(`${names[i]} [${of.shape}]`, got[i] as Tensor, of, tolerance);
  });
}

/** The sequence frame by frame. */
function stepped<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  start: S,
  inputs: Sequence,
  { context, mask, reverse }: ScanOptions<C>,
): Steps<S> {
  const frames = unstack(inputs, 1);
  const masks = mask && unstack(mask, 1);
  const outputs: Tensor[] = [];
  let state = start;
  for (let k = 0; k < frames.length; k++) {
    const t = reverse ? frames.length - 1 - k : k;
    const next = cell.step(params, state, frames[t] as never, context);
    const real = masks && cast(reshape(masks[t] as Tensor, [-1, 1]), 'float32');
    outputs[t] = real === undefined ? next.output : mul(next.output, real);
    state = real === undefined ? next.state : tree.where(real as never, next.state, state);
  }
  return { outputs: stack(outputs, 1) as Sequence, state };
}

function expectClose(what: string, got: Tensor, wanted: Tensor, tolerance: number): void {
  expect([what, got.dtype, ...got.shape]).toEqual([what, wanted.dtype, ...wanted.shape]);
  const [a, b] = [got, wanted].map((of) => of.dataSync() as Float32Array) as [Float32Array, Float32Array];
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const error = Math.abs((a[i] as number) - (b[i] as number)) / largest;
    if (!(error <= worst)) worst = error;
  }
  expect(worst, `${what}: largest error`).toBeLessThanOrEqual(tolerance);
}
