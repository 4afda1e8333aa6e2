import { Rng, type TokenModel, type Tree, tree } from '@elman/core';
import { tensor1d } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { inSessions, randomTable, tableModel } from './table-model.ts';

export const V = 5;
export const tables = [
  randomTable(Rng.seeded('a'), V),
  randomTable(Rng.seeded('b'), V, 3),
  randomTable(Rng.seeded('c'), V),
];
export const tableB = tables[1] as number[][];
export const [a, b, c] = tables.map(tableModel) as TokenModel<Tree>[] as [
  TokenModel<Tree>,
  TokenModel<Tree>,
  TokenModel<Tree>,
];
export const inSession = tables.map((table) => inSessions(table));
export const prompts = [[1], [2, 0, 1], [4], [0, 3, 3, 1, 2]];

export const softmax = (logits: readonly number[]): number[] => {
  const weights = logits.map((z) => Math.exp(z - Math.max(...logits)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};
/** The logits of a table after the tokens 0 and x. */
export const after = (table: readonly (readonly number[])[], x: number) => softmax(table[x] as number[]);

/** Probabilities after one token each, on tensors and, where there are sessions, in one. */
export async function probabilities(model: TokenModel<Tree>, tokens: number[]): Promise<number[][][]> {
  const ids = tensor1d(tokens, 'int32');
  const state = model.initialState(tokens.length);
  const step = model.next(state, ids);
  const values = (await step.logits.array()) as number[][];
  tree.dispose([ids, state, step.logits, step.state]);
  const session = model.open?.(tokens.length);
  if (session === undefined) return [values.map(softmax)];
  const flat = [...(session.next(tokens, true) as Float32Array)];
  session.dispose();
  return [values, tokens.map((_, row) => flat.slice(row * V, (row + 1) * V))].map((rows) => rows.map(softmax));
}

export function expectClose(got: readonly number[], wanted: readonly number[]): void {
  for (const [i, p] of wanted.entries())
    expect(Math.abs((got[i] as number) - p), `${got} ${wanted}`).toBeLessThan(1e-5);
}
