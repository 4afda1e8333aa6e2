import { OptionError, Rng, type TokenModel, type Tree, tree } from '@elman/core';
import { memory, mul, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beamSearch, contrastiveDecoding, ensemble, generate, minimumTokens, score } from '../src/index.ts';
import { type Hidden, randomWeights, recurrentModel } from './recurrent-model.ts';
import { inSessions, randomTable, tableModel } from './table-model.ts';
import { a, after, b, c, expectClose, inSession, probabilities, prompts, softmax, tables, V } from './three-models.ts';

const one = { prompts: [[0]], continuations: [[2, 1, 2]] };
let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, 'no tensor is left').toBe(tensors);
});

describe('an ensemble', () => {
  it.each(['probabilities', 'logProbabilities'] as const)('of one model is that model: %s', async (mean) => {
    for (const model of [a, ...inSession.slice(0, 1)]) {
      for (const options of [{ temperature: 0 }, { seed: 3 }, { seed: 4, topK: 2, temperature: 0.6 }]) {
        const told = { prompts, maximumTokens: 9, stop: [0], ...options };
        expect(await generate({ ...told, model: ensemble([model], { mean }) })).toEqual(
          await generate({ ...told, model }),
        );
      }
    }
    const given = { prompts, continuations: [[1, 2, 3], [0], [4, 4], [2, 1, 0, 3]] };
    const alone = await score({ ...given, model: a });
    expectClose(await score({ ...given, model: ensemble([a], { mean }) }), alone);
    expectClose(await score({ ...given, model: ensemble([a, a], { mean, weights: [3, 0.5] }) }), alone);
  });

  it.each([undefined, [1, 3], [10, 0.5]])('of two is their mean, by hand, weights %o', async (weights) => {
    const [wa, wb] = (weights ?? [1, 1]) as [number, number];
    const shares = [wa / (wa + wb), wb / (wa + wb)] as [number, number];
    const tokens = [0, 3, 4];
    for (const members of [[a, b], inSession.slice(0, 2)]) {
      for (const rows of await probabilities(ensemble(members, { weights }), tokens)) {
        for (const [row, token] of tokens.entries()) {
          const [pa, pb] = tables.map((table) => after(table, token)) as [number[], number[]];
          expectClose(
            rows[row] as number[],
            pa.map((p, i) => shares[0] * p + shares[1] * (pb[i] as number)),
          );
        }
      }
      for (const rows of await probabilities(ensemble(members, { weights, mean: 'logProbabilities' }), tokens)) {
        for (const [row, token] of tokens.entries()) {
          const [pa, pb] = tables.map((table) => after(table, token)) as [number[], number[]];
          expectClose(
            rows[row] as number[],
            softmax(pa.map((p, i) => shares[0] * Math.log(p) + shares[1] * Math.log(pb[i] as number))),
          );
        }
      }
    }
  });

  it.each(['probabilities', 'logProbabilities'] as const)(
    'says in sessions what it says on tensors: %s',
    async (mean) => {
      const [slow, quick] = [ensemble([a, b, c], { mean }), ensemble(inSession, { mean })];
      expect([slow.open, quick.open].map((open) => open === undefined)).toEqual([true, false]);
      expect(ensemble([a, inSession[1] as TokenModel<Tree>], { mean }).open).toBe(undefined);
      for (const options of [{ temperature: 0 }, { seed: 3 }, { seed: 5, repetitionPenalty: 1.2, stop: [0, 2] }]) {
        const told = { prompts, maximumTokens: 9, ...options };
        expect(await generate({ ...told, model: quick })).toEqual(await generate({ ...told, model: slow }));
      }
      const search = { prompts, maximumTokens: 6, beamWidth: 4, count: 3, stop: [0] };
      const rounded = async (model: TokenModel<readonly Tree[]>) =>
        (await beamSearch({ ...search, model })).map((row) => row.map(({ ids, score: own }) => [ids, own.toFixed(4)]));
      expect(await rounded(quick)).toEqual(await rounded(slow));
      // Two members that are one model share one memory.
      const twice = ensemble([inSession[1], inSession[1]] as TokenModel<Tree>[], { mean });
      const told = { prompts, maximumTokens: 9, seed: 2 };
      expect(await generate({ ...told, model: twice })).toEqual(await generate({ ...told, model: b }));
    },
  );

  it('opens no session if one member has none', () => {
    let disposed = 0;
    const opening = {
      ...a,
      open: () => ({ next: () => undefined, keep: () => undefined, dispose: () => void disposed++ }),
    };
    expect(ensemble([opening, { ...b, open: () => undefined }]).open?.(2)).toBe(undefined);
    const failing = {
      ...b,
      open: () => {
        throw new Error('no memory');
      },
    };
    expect(() => ensemble([opening, failing]).open?.(2)).toThrow('no memory');
    expect(disposed).toBe(2);
  });

  it('gives each row its own contexts', async () => {
    const biases = [
      [0, 0, 0, 0],
      [1, -1, 1, -1],
      [-2, 1, 0, 2],
    ];
    const [first, second, third] = ['1', '2', '3'].map((seed) => randomWeights(seed, V));
    const run = async (
      rows: number[],
      decode: (model: TokenModel<readonly Tree[]>, given: number[][]) => Promise<unknown[]>,
    ) => {
      const bias = tensor2d(rows.map((row) => biases[row] as number[]));
      const other = mul(bias, -0.5) as Tensor2D;
      const models = [
        recurrentModel(first as NonNullable<typeof first>, { bias }),
        recurrentModel(second as NonNullable<typeof second>),
        recurrentModel(third as NonNullable<typeof third>, { bias: other }),
      ] as TokenModel<Tree>[];
      try {
        return await decode(
          ensemble(models),
          rows.map((row) => prompts[row] as number[]),
        );
      } finally {
        tree.dispose([bias, other]);
      }
    };
    const greedy = (model: TokenModel<readonly Tree[]>, given: number[][]) =>
      generate({ model, prompts: given, maximumTokens: 6, temperature: 0, stop: [0] });
    const beams = async (model: TokenModel<readonly Tree[]>, given: number[][]) =>
      (await beamSearch({ model, prompts: given, maximumTokens: 5, beamWidth: 3, stop: [0] })).map(
        (row) => row[0]?.ids,
      );
    for (const decode of [greedy, beams]) {
      const together = await run([0, 1, 2], decode);
      for (const row of [0, 1, 2]) expect(await run([row], decode)).toEqual([together[row]]);
    }
  });

  it('has the mean attention weights of its members, if all have them', async () => {
    const looking = (weights: number[][] | undefined): TokenModel<Hidden> => {
      const plain = recurrentModel(randomWeights('look', V));
      return {
        ...plain,
        next: (state, tokens) => ({ ...plain.next(state, tokens), ...(weights ? { weights: tensor2d(weights) } : {}) }),
      };
    };
    const weightsOf = (...members: TokenModel<Hidden>[]) =>
      tree.tidy(() => {
        const model = ensemble(members as TokenModel<Tree>[], { weights: members.map((_, i) => i + 1) });
        const step = model.next(model.initialState(1), tensor1d([1], 'int32'));
        return { found: step.weights === undefined ? [] : [step.weights] };
      });
    const { found } = weightsOf(looking([[1, 0, 0]]), looking([[0, 0.5, 0.5]]));
    expect([...((await found[0]?.data()) ?? [])].map((x) => x.toFixed(5))).toEqual(['0.33333', '0.33333', '0.33333']);
    tree.dispose(found);
    expect(weightsOf(looking([[1, 0, 0]]), looking([[1, 0]])).found).toEqual([]);
    expect(weightsOf(looking([[1, 0, 0]]), looking(undefined)).found).toEqual([]);
  });

  it('accepts tokens that a member, or all, forbid', async () => {
    const inf = Number.POSITIVE_INFINITY;
    const forbidding = (...ids: number[]) => {
      const table = (tables[0] as number[][]).map((row) => row.map((z, i) => (ids.includes(i) ? -inf : z)));
      return [tableModel(table), inSessions(table)] as TokenModel<Tree>[];
    };
    for (const i of [0, 1]) {
      const members = [forbidding(1, 2)[i], forbidding(1, 3)[i]] as TokenModel<Tree>[];
      for (const [row] of await probabilities(ensemble(members), [0])) {
        expect((row as number[]).map((p) => p > 0)).toEqual([true, false, true, true, true]);
      }
      for (const [row] of await probabilities(ensemble(members, { mean: 'logProbabilities' }), [0])) {
        expect((row as number[]).map((p) => p > 0)).toEqual([true, false, false, false, true]);
      }
    }
  });

  it('ignores a member with a vanishing share, and takes weights up to the largest number', async () => {
    const table = (tables[0] as number[][]).map((row) => row.map((z, i) => (i === 2 ? Number.NEGATIVE_INFINITY : z)));
    for (const [forbidding, other] of [
      [tableModel(table), a],
      [inSessions(table), inSession[0] as TokenModel<Tree>],
    ] as [TokenModel<Tree>, TokenModel<Tree>][]) {
      for (const mean of ['probabilities', 'logProbabilities'] as const) {
        for (const weights of [
          [1e-60, 1],
          [5e-324, 1e300],
        ]) {
          const model = ensemble([forbidding, other], { mean, weights });
          expectClose(await score({ ...one, model }), await score({ ...one, model: other }));
        }
        const equal = ensemble([other, b], { mean });
        const large = ensemble([other, b], { mean, weights: [1e308, 1e308] });
        expect(await score({ ...one, model: large })).toEqual(await score({ ...one, model: equal }));
      }
    }
  });

  it('names a member that has diverged', async () => {
    const broken = (tables[1] as number[][]).map((row) => row.with(3, Number.NaN));
    for (const members of [
      [a, tableModel(broken)],
      [inSession[0], inSessions(broken)],
    ] as TokenModel<Tree>[][]) {
      for (const mean of ['probabilities', 'logProbabilities'] as const) {
        await expect(
          generate({ model: ensemble(members, { mean }), prompts, maximumTokens: 2, seed: 1 }),
        ).rejects.toThrow('expected finite logits');
      }
      const model = contrastiveDecoding({
        expert: members[0] as TokenModel<Tree>,
        amateur: members[1] as TokenModel<Tree>,
      });
      await expect(generate({ model, prompts, maximumTokens: 2, seed: 1 })).rejects.toThrow('expected finite logits');
    }
  });

  it('refuses invalid arguments', () => {
    const other = tableModel(randomTable(Rng.seeded('d'), 4));
    expect(() => ensemble([])).toThrow('ensemble: models: expected one or more, got none.');
    expect(() => ensemble([a, other])).toThrow(
      'ensemble: models: expected one vocabulary, of 5 as that of model 0, got 4 of model 1.',
    );
    expect(() => ensemble([a, b], { weights: [1] })).toThrow(
      'ensemble: weights: expected 2, one for each model, got 1.',
    );
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => ensemble([a, b], { weights: [1, bad] })).toThrow(OptionError);
    }
    expect(() => ensemble([a, b], { mean: 'median' as 'probabilities' })).toThrow(
      'ensemble: mean: expected logProbabilities or probabilities, got median.',
    );
    const [two, three] = [tensor2d([[0], [0]]), tensor2d([[0], [0], [0]])];
    expect(() => ensemble([{ ...a, context: { two } }, b, { ...c, context: [three] }])).toThrow(
      'ensemble: models: expected contexts of as many rows, got 2 and 3; bind all to the same sources.',
    );
    tree.dispose([two, three]);
  });
});

it('a processor gets the number of new tokens in a beam, too', async () => {
  const options = { model: a, prompts, maximumTokens: 5, beamWidth: 4, stop: [0, 2] };
  const ids = (rows: Awaited<ReturnType<typeof beamSearch>>) => rows.map((row) => row.map((one) => one.ids));
  const wanted = ids(await beamSearch({ ...options, minimumTokens: 3 }));
  expect(ids(await beamSearch({ ...options, processors: [minimumTokens(3, [0, 2])] }))).toEqual(wanted);
  expect(ids(await beamSearch(options))).not.toEqual(wanted);
});
