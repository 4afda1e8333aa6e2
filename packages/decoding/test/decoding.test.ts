import { DivergenceError, OptionError, Rng, type TokenModel } from '@elman/core';
import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DecodingOptions, generate, sample } from '../src/index.ts';
import { type CounterState, constantModel, counterModel } from './counter-model.ts';

// Random numbers: sums of round ones could tie, and ties are decided by rounding.
const rng = Rng.seeded('table');
const table = Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => rng.normal()));
const model = counterModel(table);
const prompts = [[0], [3, 1, 4, 1], [2, 2], [4, 0, 1, 2, 3, 0, 1]];

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, 'no tensor is left').toBe(tensors);
});

describe('a batch', () => {
  const variants: Partial<DecodingOptions<CounterState>>[] = [
    { temperature: 0 },
    { temperature: 1 },
    { temperature: 0.7, topK: 3, repetitionPenalty: 1.4 },
    { topP: 0.8, stop: [2] },
    { minP: 0.3, typicalP: 0.8, noRepeatNgram: 2 },
    { temperature: 0, noRepeatNgram: 3, stop: [1] },
    { temperature: 0, banned: [[1], [2, 3]], minimumTokens: 4, stop: [0] },
    { temperature: 2, stop: (ids) => ids.length > 1 && ids.at(-1) === ids.at(-2) },
  ];

  it('gives every row the same as alone', async () => {
    for (const variant of variants) {
      const options = { model, maximumTokens: 8, seed: 7, ...variant };
      const together = await generate({ ...options, prompts });
      for (const [row, prompt] of prompts.entries()) {
        expect(await collect(sample({ ...options, prompt, row }))).toEqual(together[row]);
      }
    }
  });

  it('may be empty', async () => {
    expect(await generate({ model, prompts: [], maximumTokens: 3, seed: 1 })).toEqual([]);
  });

  it('draws differently for rows of one prompt', async () => {
    const [a, b] = await generate({ model, prompts: [[0], [0]], maximumTokens: 16, seed: 3 });
    expect(a).not.toEqual(b);
  });
});

it('is a function of the seed', async () => {
  const run = (seed: number | string) => generate({ model, prompts, maximumTokens: 8, seed });
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});

describe('greedy', () => {
  it('takes the most likely token at each step', async () => {
    const seen = [0, 0, 0, 0, 0];
    const expected: number[] = [];
    for (let token = 3; expected.length < 8; expected.push(token)) {
      seen[token] = (seen[token] as number) + 1;
      const logits = table.map((_, j) =>
        table.reduce((sum, row, i) => sum + (seen[i] as number) * (row[j] as number), 0),
      );
      token = logits.indexOf(Math.max(...logits));
    }
    expect(await generate({ model, prompts: [[3]], maximumTokens: 8, temperature: 0 })).toEqual([expected]);
  });

  it('is the limit of every kind of sampling', async () => {
    const options = { model, prompts, maximumTokens: 8, seed: 11 };
    const greedy = await generate({ ...options, temperature: 0 });
    for (const limit of [{ topK: 1 }, { topP: 1e-9 }, { temperature: 1e-5 }, { temperature: 0, topK: 4, topP: 0.9 }]) {
      expect(await generate({ ...options, ...limit }), JSON.stringify(limit)).toEqual(greedy);
    }
  });

  it('takes the first in a tie', async () => {
    const even = constantModel([0, 1, 1, 1]);
    expect(await generate({ model: even, prompts: [[0]], maximumTokens: 3, temperature: 0 })).toEqual([[1, 1, 1]]);
  });
});

describe('a row ends', () => {
  const options = { model, maximumTokens: 8, temperature: 0 };

  it('at maximumTokens', async () => {
    for (const maximumTokens of [0, 1, 5]) {
      const rows = await generate({ ...options, maximumTokens, prompts });
      expect(rows.map((row) => row.length)).toEqual(prompts.map(() => maximumTokens));
    }
  });

  it('before a stop token, which is not part of it', async () => {
    const [whole] = (await generate({ ...options, prompts: [[3, 1]] })) as [number[]];
    const stop = whole[3] as number;
    const [cut] = await generate({ ...options, prompts: [[3, 1]], stop: [stop] });
    expect(cut).toEqual(whole.slice(0, whole.indexOf(stop)));
  });

  it('after a token at which the predicate holds', async () => {
    const asked: number[][] = [];
    const stop = (ids: readonly number[]) => asked.push([...ids]) === 3;
    const rows = await generate({ ...options, prompts: [[3, 1]], stop });
    expect(asked.map((ids) => ids.length)).toEqual([1, 2, 3]);
    expect(rows).toEqual([asked[2]]);
  });

  it('while others continue', async () => {
    const rows = await generate({ ...options, prompts, stop: (ids) => ids.length === 2 && ids[0] === 3 });
    const whole = await generate({ ...options, prompts });
    expect(rows).toEqual(whole.map((row) => (row[0] === 3 ? row.slice(0, 2) : row)));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([2, 8]));
  });
});

describe('a stream', () => {
  const options = { model, prompt: [1, 2], maximumTokens: 8, seed: 4 };

  it('computes nothing before it is read, then one step per token', async () => {
    let steps = 0;
    const counted: TokenModel<CounterState> = {
      ...model,
      next: (state, tokens) => {
        steps++;
        return model.next(state, tokens);
      },
    };
    const stream = sample({ ...options, model: counted });
    expect(steps).toBe(0);
    await stream.next();
    expect(steps).toBe(2);
    await stream.next();
    expect(steps).toBe(3);
    await stream.return();
    sample({ ...options, model: counted });
  });

  it('can be left early', async () => {
    const seen: number[] = [];
    for await (const id of sample(options)) {
      seen.push(id);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual((await collect(sample(options))).slice(0, 3));
  });

  it('can be aborted, with the reason as the error', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const run = async () => {
      for await (const id of sample({ ...options, signal: controller.signal })) {
        seen.push(id);
        if (seen.length === 3) controller.abort(new Error('enough'));
      }
    };
    await expect(run()).rejects.toThrow('enough');
    expect(seen.length).toBe(3);
    await expect(generate({ ...options, prompts, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it('lets timers and signals through', async () => {
    const signal = AbortSignal.timeout(60);
    await expect(generate({ model, prompts: [[0]], maximumTokens: 1e7, seed: 1, signal })).rejects.toThrow(/time/i);
  });
});

describe('a model that fails', () => {
  const failing = (fail: (state: CounterState) => ReturnType<typeof model.next>): TokenModel<CounterState> => {
    let steps = 0;
    return { ...model, next: (state, tokens) => (++steps === 4 ? fail(state) : model.next(state, tokens)) };
  };
  const broken = (value: number) =>
    failing(({ seen }) => {
      const rows = Array.from({ length: seen.shape[0] }, (_, i) => (i === 1 ? [0, value, 0, 0, 0] : [0, 0, 0, 0, 0]));
      return { logits: tensor2d(rows), state: { seen: seen.clone() } };
    });
  const options = { prompts: [[0], [1, 2]], maximumTokens: 8, seed: 1 };

  it('throws out of the loop and leaks nothing', async () => {
    const throwing = failing(({ seen }) => {
      seen.clone();
      throw new Error('out of memory');
    });
    await expect(generate({ ...options, model: throwing })).rejects.toThrow('out of memory');
  });

  it('is distinguished from a choice: NaN and +∞ stop the row by name', async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const error = await generate({ ...options, model: broken(value) }).catch((caught) => caught);
      expect(DivergenceError.isInstance(error)).toBe(true);
      expect(error.message).toMatch(
        /^decoding: row 1, step 4: expected finite logits, the highest is (NaN|Infinity)\./,
      );
    }
  });

  it('may forbid tokens', async () => {
    const rows = await generate({ ...options, model: broken(Number.NEGATIVE_INFINITY) });
    expect(rows.map((row) => row.length)).toEqual([8, 8]);
  });

  it('is named if its logits have another shape or dtype', async () => {
    const whole = failing(({ seen }) => ({
      logits: tensor2d(
        [
          [1, 2, 3, 4, 5],
          [1, 2, 3, 4, 5],
        ],
        [2, 5],
        'int32',
      ),
      state: { seen: seen.clone() },
    }));
    await expect(generate({ ...options, model: whole })).rejects.toThrow(
      'decoding: logits: expected float32, got int32; cast them in the model.',
    );
    const narrow = { ...model, vocabSize: 6 };
    await expect(generate({ ...options, model: narrow })).rejects.toThrow(
      'decoding: logits: expected [batch=2, vocabSize=6], got [2, 5].',
    );
  });
});

it('passes through leaves that a model does not change', async () => {
  type State = CounterState & { readonly memory: CounterState['seen'] };
  const remembering: TokenModel<State> = {
    vocabSize: model.vocabSize,
    initialState: (batchSize) => ({ ...model.initialState(batchSize), memory: model.initialState(batchSize).seen }),
    next({ seen, memory: kept }, tokens) {
      const { logits, state } = model.next({ seen }, tokens);
      return { logits, state: { ...state, memory: kept } };
    },
  };
  const options = { prompts, maximumTokens: 5, seed: 2, stop: [1] };
  expect(await generate({ ...options, model: remembering })).toEqual(await generate({ ...options, model }));
});

it('respects banned, minimumTokens and noRepeatNgram', async () => {
  const options = { model, prompts, maximumTokens: 12, seed: 4 };
  const rows = await generate({ ...options, banned: [[1], [0, 2], [3, 3]], minimumTokens: 5, stop: [4] });
  const plain = await generate({ ...options, stop: [4] });
  expect(plain.some((row) => row.length < 5)).toBe(true);
  for (const [r, row] of rows.entries()) {
    expect(row.length).toBeGreaterThanOrEqual(5);
    const all = [prompts[r]?.at(-1), ...row];
    expect(row).not.toContain(1);
    for (const [i, id] of row.entries()) expect([`${all[i]},${id}`]).not.toEqual(['0,2']);
    for (const [i, id] of row.entries()) expect([`${all[i]},${id}`]).not.toEqual(['3,3']);
  }
  for (const [r, row] of (await generate({ ...options, noRepeatNgram: 2, maximumTokens: 6 })).entries()) {
    const all = [...(prompts[r] as number[]), ...row];
    const pairs = all.slice(1).map((id, i) => `${all[i]},${id}`);
    const before = new Set(pairs.slice(0, (prompts[r] as number[]).length - 1));
    for (const pair of pairs.slice((prompts[r] as number[]).length - 1)) {
      expect(before.has(pair)).toBe(false);
      before.add(pair);
    }
  }
});

it('refuses if every token is forbidden, greedy or not', async () => {
  const all = [[0], [1], [2], [3], [4]];
  for (const temperature of [0, 1]) {
    await expect(generate({ model, prompts, maximumTokens: 2, seed: 1, temperature, banned: all })).rejects.toThrow(
      'decoding: processors: expected one finite logit or more, got none: every token is forbidden; forbid fewer, or decode fewer tokens.',
    );
  }
});

it('refuses invalid options at once', () => {
  const good = { model, prompt: [1], maximumTokens: 3, seed: 1 };
  expect(() => sample({ ...good, prompt: [] })).toThrow(
    'decoding: prompt 0: expected one token or more, got none; start with a newline, for example.',
  );
  expect(() => sample({ ...good, prompt: [1, 5] })).toThrow(
    "decoding: prompt 0: expected ids from 0 to 4, got 5 at 1; encode the prompt with the model's own tokenizer.",
  );
  for (const bad of [
    { prompt: [-1] },
    { prompt: [0.5] },
    { maximumTokens: -1 },
    { maximumTokens: Number.NaN },
    { temperature: -1 },
    { topK: 0 },
    { topP: 0 },
    { repetitionPenalty: 0 },
    { typicalP: 0 },
    { minP: 2 },
    { noRepeatNgram: 0 },
    { banned: [[]] },
    { banned: [[5]] },
    { minimumTokens: 4 },
    { minimumTokens: 1, stop: () => true },
    { seed: undefined },
    { stop: [9] },
  ]) {
    expect(() => sample({ ...good, ...bad }), JSON.stringify(bad)).toThrow(OptionError);
  }
});
