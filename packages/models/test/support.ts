import type { TokenWindow } from '@elman/core';
import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { tensor2d } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { LanguageModel, LanguageModelParams } from '../src/index.ts';

/** Random tokens and their next tokens. */
export function randomWindow(seed: number, vocabSize: number, batch: number, time: number): TokenWindow {
  const rng = Rng.seeded(seed);
  const draw = () => rng.tensor([batch, time], (r) => r.integer(vocabSize), 'int32') as TokenWindow['inputs'];
  return { inputs: draw(), targets: draw() };
}

export const mask = (rows: number[][]) => tensor2d(rows, undefined, 'float32');

/** Numbers of a tree, by path. */
export async function numbers(of: Tree): Promise<Record<string, number[]>> {
  const found = tree.entries(of).map(async ([path, leaf]) => [path, Array.from(await leaf.data())] as const);
  return Object.fromEntries(await Promise.all(found));
}

/** The loss, the carried state, and the gradient of every parameter. */
export async function lossAndGrads<P extends Tree, S extends Tree>(
  model: LanguageModel<P, S>,
  params: LanguageModelParams<P>,
  window: TokenWindow,
  options: { rng?: Rng; sampling?: number; state?: S } = {},
): Promise<{ loss: number; count: number; grads: Record<string, number[]>; state: Record<string, number[]> }> {
  const state = options.state ?? model.initialState(window.inputs.shape[0]);
  const { value, grads, aux } = valueAndGrad((p: LanguageModelParams<P>) => {
    const { loss, count, state: next } = model.loss(p, window, state, options);
    return { loss, aux: { count, next } };
  }, params);
  const [loss] = await value.data();
  const [count] = await aux.count.data();
  const found = {
    loss: loss as number,
    count: count as number,
    grads: await numbers(grads),
    state: await numbers(aux.next),
  };
  tree.dispose([value, grads, aux]);
  if (options.state === undefined) tree.dispose(state);
  return found;
}

export function expectClose(found: Record<string, number[]>, wanted: Record<string, number[]>, tolerance = 1e-4): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const [path, values] of Object.entries(wanted)) {
    const far = values.findIndex((x, i) => !(Math.abs(x - ((found[path] as number[])[i] as number)) <= tolerance));
    expect([path, far, found[path]?.[far], values[far]]).toEqual([path, -1, undefined, undefined]);
  }
}
