import { DivergenceError, OptionError, Rng, type TokenModel } from '@elman/core';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { average, type BeamSearchOptions, beamSearch, type Hypothesis, score } from '../src/index.ts';
import { type CounterState, constantModel } from './counter-model.ts';
import { exhaustive } from './exhaustive.ts';
import { inSessions, type Last, randomTable, tableModel } from './table-model.ts';

let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, 'no tensor is left').toBe(tensors);
});

const table = randomTable(Rng.seeded('search'), 5);
const good = { model: tableModel(table), prompts: [[1]], maximumTokens: 6, beamWidth: 4, stop: [0] };
const found = async (options: Partial<BeamSearchOptions<Last>>): Promise<Hypothesis[]> =>
  (await beamSearch({ ...good, ...options }))[0] as Hypothesis[];

describe('hypotheses', () => {
  it('with equal scores are in the order of their tokens', async () => {
    const model = constantModel([0, 0, 0]);
    const [hypotheses] = await beamSearch({ model, prompts: [[0]], maximumTokens: 2, beamWidth: 4, count: 4 });
    expect(hypotheses?.map(({ ids }) => ids)).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [0, 1],
    ]);
  });

  it('are complete in a beam wider than the vocabulary', async () => {
    const options = { prompts: [[1]], maximumTokens: 2, stop: [0] };
    for (const model of [tableModel(table), inSessions(table, 200)]) {
      const [all] = await beamSearch({ ...options, model, beamWidth: 200, count: 200 });
      expect(all?.length).toBe(1 + 4 * 5);
      expect(all?.map(({ ids }) => ids)).toEqual(exhaustive(table, 0, options).map(({ ids }) => ids));
    }
  });

  it('are none where everything is forbidden', async () => {
    expect(await found({ banned: [[0], [1], [2], [3], [4]] })).toEqual([]);
    const nothing = (z: Float32Array) => z.map(() => Number.NEGATIVE_INFINITY);
    expect(await found({ processors: [nothing] })).toEqual([]);
    expect(await found({ processors: [nothing], prefix: [[1, 2]] })).toEqual([]);
  });

  it('exclude impossible ones', async () => {
    const model = constantModel([0, Number.NEGATIVE_INFINITY, 1]);
    const [all] = await beamSearch({ model, prompts: [[0]], maximumTokens: 2, beamWidth: 9, count: 9 });
    expect(all?.map(({ ids }) => ids)).toEqual([
      [2, 2],
      [2, 0],
      [0, 2],
      [0, 0],
    ]);
    expect(await beamSearch({ model, prompts: [[0]], maximumTokens: 2, beamWidth: 2, prefix: [[1]] })).toEqual([[]]);
  });

  it('may consist of the prefix only', async () => {
    const [one, ...more] = await found({ prefix: [[3, 1, 2]], maximumTokens: 3, count: 4 });
    expect([one?.ids, one?.isFinished, more]).toEqual([[3, 1, 2], false, []]);
    const [wanted] = await score({ model: good.model, prompts: [[1]], continuations: [[3, 1, 2]] });
    expect(one?.logProbability).toBeCloseTo(wanted as number, 5);
    expect(await found({ maximumTokens: 0 })).toEqual([{ ids: [], logProbability: 0, score: 0, isFinished: false }]);
  });
});

describe('patience', () => {
  it('lets a long likely hypothesis win where short ones end before it', async () => {
    // 3 follows 3 with probability 0.9; every other token is followed by the end.
    const rows = [1, 2, 3].map((token) => (token === 3 ? [0.02, 0.04, 0.04, 0.9] : [0.97, 0.01, 0.01, 0.01]));
    const logits = [[0.25, 0.25, 0.25, 0.25], ...rows].map((row) => row.map(Math.log));
    const model = tableModel(Array.from({ length: 16 }, (_, i) => logits[i % 4] as number[]));
    const options = { model, prompts: [[3]], maximumTokens: 8, beamWidth: 2, stop: [0] };
    const [[patient]] = (await beamSearch(options)) as [[Hypothesis]];
    expect(patient.ids).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
    const [[hasty]] = (await beamSearch({ ...options, patience: 1 })) as [[Hypothesis]];
    expect(hasty.logProbability).toBeLessThan(patient.logProbability);
  });

  it('waits for that many ends, and finds nothing worse by waiting longer', async () => {
    const tables = Array.from({ length: 20 }, (_, i) => randomTable(Rng.seeded('patience').fork(i), 5));
    let better = 0;
    for (const one of tables) {
      const options = { model: tableModel(one), lengthPenalty: average(), maximumTokens: 8 };
      const scores: number[] = [];
      for (const patience of [0.5, 1, 2, Number.POSITIVE_INFINITY]) {
        scores.push((await found({ ...options, patience }))[0]?.score as number);
      }
      expect(scores).toEqual(scores.toSorted((a, b) => a - b));
      if ((scores[3] as number) > (scores[0] as number)) better++;
    }
    expect(better).toBeGreaterThan(3);
  });

  it('ends as soon as no live hypothesis can win', async () => {
    let steps = 0;
    const model: TokenModel<CounterState> = constantModel([3, 0, 0]);
    const next: typeof model.next = (...given) => {
      steps++;
      return model.next(...given);
    };
    const counted = { ...model, next };
    const options = { model: counted, prompts: [[1]], beamWidth: 3, stop: [0], patience: Number.POSITIVE_INFINITY };
    await beamSearch({ ...options, maximumTokens: 50 });
    expect(steps).toBe(1);
    await beamSearch({ ...options, maximumTokens: 50, count: 3 });
    expect(steps).toBeLessThan(5);
    steps = 0;
    await beamSearch({ ...options, maximumTokens: 50, processors: [(z) => z.map((x) => x + 1)] });
    expect(steps).toBe(50);
  });
});

describe('groups', () => {
  it('without diversity are narrow beams', async () => {
    const narrow = await found({ beamWidth: 2, count: 2 });
    const grouped = await found({ beamWidth: 6, groups: 3, diversity: 0, count: 6 });
    expect(grouped).toEqual(narrow.map((one) => ({ ...one, group: 0 })));
  });

  it('with diversity take other first tokens', async () => {
    const grouped = await found({ beamWidth: 4, groups: 4, diversity: 100, stop: [], count: 4 });
    expect(new Set(grouped.map(({ ids }) => ids[0])).size).toBe(4);
    expect(new Set(grouped.map(({ group }) => group)).size).toBe(4);
    for (const { ids, logProbability } of grouped) {
      const [wanted] = await score({ model: good.model, prompts: [[1]], continuations: [ids] });
      expect(logProbability).toBeCloseTo(wanted as number, 5);
    }
  });

  it('as wide as the space find everything', async () => {
    const options = { prompts: [[1]], maximumTokens: 3, stop: [0], banned: [[3]], required: [[2]] };
    const all = exhaustive(table, 0, options);
    const [grouped] = await beamSearch({
      ...options,
      model: good.model,
      beamWidth: 400,
      groups: 2,
      count: 400,
      patience: 100,
    });
    expect(grouped?.map(({ ids, end }) => [ids, end])).toEqual(all.map(({ ids, end }) => [ids, end]));
  });
});

it('keeps required sequences in narrow beams at any cost', async () => {
  for (let seed = 0; seed < 12; seed++) {
    const model = tableModel(randomTable(Rng.seeded('narrow').fork(seed), 6, 3));
    const required = [[1, 2, 3], [4], [3, 5]];
    for (const beamWidth of [1, 2, 5]) {
      const [[best]] = (await beamSearch({
        model,
        prompts: [[0]],
        maximumTokens: 5 + (seed % 3),
        beamWidth,
        required,
        stop: [0],
      })) as [[Hypothesis]];
      for (const sequence of required) expect(`,${best.ids},`).toContain(`,${sequence},`);
    }
  }
});

it('stops for a signal, with its reason', async () => {
  const controller = new AbortController();
  let steps = 0;
  const model: TokenModel<Last> = {
    ...good.model,
    next(...given) {
      if (++steps === 3) controller.abort(new Error('enough'));
      return good.model.next(...given);
    },
  };
  await expect(found({ model, stop: [], signal: controller.signal })).rejects.toThrow('enough');
  expect(steps).toBe(3);
});

describe('logits that are not numbers', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%d: are distinguished from a choice', async (value) => {
    const broken = table.map((row, i) => (i % 5 === 3 ? row.with(2, value) : row));
    for (const model of [tableModel(broken), inSessions(broken)]) {
      const error = await found({ model, prompts: [[1], [0, 3]] }).catch((caught) => caught);
      expect(DivergenceError.isInstance(error), `${error}`).toBe(true);
      expect(error.message).toMatch(
        /^decoding: row \d, step \d: expected finite logits, the highest is (NaN|Infinity)\./,
      );
    }
  });
});

it('ignores the logits within a prompt', async () => {
  const broken = table.map((row, i) => (i === 3 ? row.map(() => Number.NaN) : row));
  for (const model of [tableModel(broken), inSessions(broken)]) {
    const [alone] = await beamSearch({ ...good, model, prompts: [[3, 1]] });
    expect((await beamSearch({ ...good, model, prompts: [[1], [3, 1]] }))[1]).toEqual(alone);
  }
});

describe('invalid options', () => {
  const bad: Partial<BeamSearchOptions<Last>>[] = [
    { beamWidth: 0 },
    { beamWidth: 1.5 },
    { count: 5 },
    { count: 0 },
    { maximumTokens: -1 },
    { minimumTokens: 7 },
    { groups: 3 },
    { groups: 2, diversity: -1 },
    { patience: 0 },
    { noRepeatNgram: 0 },
    { stop: [5] },
    { banned: [[]] },
    { banned: [[1, 9]] },
    { required: [[]] },
    { required: [[7]] },
    { required: [[1, 0]] },
    { required: [[1, 2, 3]], banned: [[2, 3]] },
    { required: [[1, 1, 1]], noRepeatNgram: 2 },
    {
      required: [
        [1, 2, 3, 4],
        [4, 3, 2, 2],
      ],
    },
    { required: Array.from({ length: 31 }, (_, i) => [1, i % 5, 2, Math.floor(i / 5) % 5]) },
    { prefix: [] },
    { prefix: [[1, 2, 3, 4, 1, 2, 3]] },
    { prefix: [[1, 0]] },
    { prefix: [[1, 2]], banned: [[2]] },
    { prefix: [[1, 2, 3]], required: [[4, 4, 4, 4]] },
    { coveragePenalty: { beta: -1 } },
    { prompts: [[]] },
    { prompts: [[9]] },
    { stop: ((ids: number[]) => ids.length > 2) as unknown as number[] },
  ];
  it.each(bad)('%o', async (options) => {
    const error = await found(options).catch((caught) => caught);
    expect(OptionError.isInstance(error), `${error}`).toBe(true);
    expect(error.message).toMatch(/^decoding: .*: expected [^\n]*\.$/);
  });

  it('accepts options at the limits', async () => {
    expect(
      (
        await found({
          required: [
            [1, 2, 3, 4],
            [4, 3, 2],
          ],
        })
      )[0]?.ids,
    ).toEqual([1, 2, 3, 4, 3, 2]);
    expect((await found({ minimumTokens: 6 }))[0]?.ids.length).toBe(6);
  });

  it('names an invalid penalty', async () => {
    await expect(found({ lengthPenalty: () => 0 })).rejects.toThrow('lengthPenalty: expected a positive number');
  });
});
