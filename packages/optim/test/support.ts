import { type Optimizer, type Tree, tree } from '@elman/core';
import { applyUpdates } from '@elman/optim';
import { getBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import fixture from '../fixtures/optimizers.json' with { type: 'json' };

/** Relative error of float32 arithmetic in another order; shaders divide and take roots less exactly. */
export const TOLERANCE: number = getBackend().startsWith('webg') ? 1e-4 : 1e-6;

export type Params = { readonly bias: Tensor; readonly kernel: Tensor };
export type Numbers = { readonly bias: number[]; readonly kernel: number[] };

/** A tree from the fixture's flat numbers. */
export function fromNumbers({ bias, kernel }: Numbers): Params {
  return { bias: tensor(bias, fixture.shapes.bias), kernel: tensor(kernel, fixture.shapes.kernel) };
}

export async function toNumbers(of: Params): Promise<Numbers> {
  return { bias: [...(await of.bias.data())], kernel: [...(await of.kernel.data())] };
}

/** Every number within `tolerance` of the tensor's largest. */
export function expectNear(found: Numbers, wanted: Numbers, what: string, tolerance: number = TOLERANCE): void {
  for (const name of ['bias', 'kernel'] as const) {
    const largest = Math.max(...wanted[name].map(Math.abs));
    const worst = Math.max(...wanted[name].map((value, i) => Math.abs(value - (found[name][i] ?? Number.NaN))));
    expect(worst / largest, `${what}: ${name}: ${found[name]} for ${wanted[name]}`).toBeLessThanOrEqual(tolerance);
  }
}

/** The parameters after each update; the gradients may depend on the parameters. Disposes all but what it returns. */
export function follow<P extends Tree, S extends Tree>(
  optimizer: Optimizer<S>,
  start: P,
  gradient: (params: P, step: number) => P,
  steps: number,
): P[] {
  const after: P[] = [];
  let params = start;
  let state = optimizer.init(params);
  for (let step = 0; step < steps; step++) {
    const grads = gradient(params, step);
    const { updates, state: next } = optimizer.update(grads, state, params, step);
    params = applyUpdates(params, updates);
    tree.dispose([grads, updates, state]);
    state = next;
    after.push(params);
  }
  tree.dispose(state);
  return after;
}
