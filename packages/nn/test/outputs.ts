import { type Tree, tree, valueAndGrad } from '@elman/core';
import { type Scalar, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectClose, number } from './differences.ts';

/** A case of fixtures/outputs.json: inputs and gradients by their paths. */
export type OutputCase = {
  readonly loss: number;
  readonly inputs: { readonly [path: string]: { readonly shape: number[]; readonly values: number[] } };
  readonly gradients: { readonly [path: string]: number[] };
};

/** x, and the parameters as a tree: numbers in a path are indices of arrays. */
export function treeOf<P extends Tree>({ inputs }: OutputCase): { readonly x: Tensor; readonly params: P } {
  const root: { [key: string]: unknown } = {};
  for (const [path, { shape, values }] of Object.entries(inputs)) {
    const names = path.split('.');
    let at = root;
    for (const [i, name] of names.slice(0, -1).entries()) {
      at[name] ??= /^\d+$/.test(names[i + 1] as string) ? [] : {};
      at = at[name] as { [key: string]: unknown };
    }
    at[names.at(-1) as string] = tensor(values, shape);
  }
  const { x, ...params } = root;
  return { x: x as Tensor, params: params as P };
}

/** Expects the loss and the gradient of each input to be those of the case. */
export async function expectCase<P extends Tree>(
  wanted: OutputCase,
  loss: (params: P, x: Tensor) => Scalar,
): Promise<void> {
  const { x, params } = treeOf<P>(wanted);
  const { value, grads } = valueAndGrad((of) => ({ loss: loss(of.params as P, of.x as Tensor), aux: [] }), {
    x,
    params,
  } as { x: Tree; params: Tree });
  expect(await number(value)).toBeCloseTo(wanted.loss, 5);
  const found = Object.fromEntries(tree.entries(grads).map(([path, g]) => [path.replace('params.', ''), g]));
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted.gradients).sort());
  for (const [path, gradient] of Object.entries(wanted.gradients)) {
    expectClose(await (found[path] as Tensor).data(), gradient, 1e-5);
  }
}

/** Σ exp of each row, in float64. */
export async function sumsOf(log: Tensor): Promise<number[]> {
  const [rows, columns] = log.shape as [number, number];
  const values = [...(await log.data())];
  return Array.from({ length: rows }, (_, i) => {
    return values.slice(i * columns, (i + 1) * columns).reduce((sum, value) => sum + Math.exp(value), 0);
  });
}
