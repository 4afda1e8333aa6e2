import { expect } from 'vitest';
import type { NextTokenModel } from '../src/index.ts';

/** Checks that probabilities sum to 1 after each context, and that one at a time they are those of all at once. */
export function expectDistributions(model: NextTokenModel, contexts: readonly (readonly number[])[]): void {
  const all = new Float32Array(model.vocabSize);
  for (const context of contexts) {
    model.logProbabilities(context, all);
    let sum = 0;
    for (const [token, logP] of all.entries()) {
      const alone = model.logProbability(context, token);
      sum += Math.exp(alone);
      if (alone === Number.NEGATIVE_INFINITY) expect(logP).toBe(alone);
      else expect(Math.abs(alone - logP)).toBeLessThan(1e-5);
    }
    expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
  }
}
