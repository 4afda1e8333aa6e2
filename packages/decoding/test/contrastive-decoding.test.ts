import { OptionError, Rng, type TokenModel, type Tree } from '@elman/core';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contrastiveDecoding, generate } from '../src/index.ts';
import { inSessions, randomTable, tableModel } from './table-model.ts';
import {
  a,
  after,
  b,
  expectClose,
  inSession,
  probabilities,
  prompts,
  softmax,
  tableB,
  tables,
  V,
} from './three-models.ts';

let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, 'no tensor is left').toBe(tensors);
});

describe('contrastive decoding', () => {
  it.each([
    [0.1, 1],
    [0.4, 0.5],
    [1e-6, 2],
  ])(
    'is expert less amateur where the expert finds it plausible: α=%f, τ=%f',
    async (plausibility, amateurTemperature) => {
      const tokens = [0, 3, 4, 2];
      for (const [expert, amateur] of [[a, b], inSession.slice(0, 2)] as [TokenModel<Tree>, TokenModel<Tree>][]) {
        const model = contrastiveDecoding({ expert, amateur, plausibility, amateurTemperature });
        for (const rows of await probabilities(model, tokens)) {
          for (const [row, token] of tokens.entries()) {
            const strong = after(tables[0] as number[][], token);
            const weak = softmax((tableB[token] as number[]).map((z) => z / amateurTemperature));
            const least = plausibility * Math.max(...strong);
            const scores = strong.map((p, i) =>
              p >= least ? Math.log(p) - Math.log(weak[i] as number) : Number.NEGATIVE_INFINITY,
            );
            expectClose(rows[row] as number[], softmax(scores));
            expect(rows[row]?.map((p) => p > 0)).toEqual(scores.map(Number.isFinite));
          }
        }
      }
    },
  );

  it('with a uniform amateur equals the truncated expert', async () => {
    const flat = tableModel(Array.from({ length: V * V }, () => Array<number>(V).fill(0.3)));
    const model = contrastiveDecoding({ expert: a, amateur: flat, plausibility: 0.2 });
    for (const options of [{ temperature: 0 }, { seed: 8 }]) {
      const told = { prompts, maximumTokens: 9, ...options };
      expect(await generate({ ...told, model })).toEqual(await generate({ ...told, model: a, minP: 0.2 }));
    }
  });

  it("accepts an amateur that forbids the expert's choice", async () => {
    const forbidding = (tables[1] as number[][]).map((row) => row.with(2, Number.NEGATIVE_INFINITY));
    for (const [expert, amateur] of [
      [a, tableModel(forbidding)],
      [inSession[0], inSessions(forbidding)],
    ] as [TokenModel<Tree>, TokenModel<Tree>][]) {
      const model = contrastiveDecoding({ expert, amateur, plausibility: 1e-4 });
      expect(await generate({ model, prompts: [[1]], maximumTokens: 2, temperature: 0 })).toEqual([[2, 2]]);
    }
  });

  it('refuses invalid arguments', () => {
    for (const bad of [
      { plausibility: 0 },
      { plausibility: 1.1 },
      { amateurTemperature: 0 },
      { amateurTemperature: Number.POSITIVE_INFINITY },
      { amateur: tableModel(randomTable(Rng.seeded('d'), 4)) },
    ]) {
      expect(() => contrastiveDecoding({ expert: a, amateur: b, ...bad })).toThrow(OptionError);
    }
  });
});
