import type { NextTokenModel } from '../src/index.ts';

/** P(token | the last two) from a table of weights, row a·V + b after a, b; a token before the first is 0. */
export function tableModel(weights: readonly (readonly number[])[]): NextTokenModel {
  const vocabSize = (weights[0] as readonly number[]).length;
  const probabilities = weights.map((row) => row.map((weight) => weight / row.reduce((a, b) => a + b)));
  const after = (context: ArrayLike<number>): readonly number[] => {
    const [a = 0, b = 0] = [context[context.length - 2], context[context.length - 1]];
    return probabilities[a * vocabSize + b] as number[];
  };
  return {
    vocabSize,
    contextSize: 2,
    logProbability: (context, token) => Math.log(after(context)[token] as number),
    logProbabilities: (context, out) => out.set(after(context).map(Math.log)),
  };
}
