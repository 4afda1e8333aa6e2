import { Rng, type TokenSession, tree } from '@elman/core';
import { beamSearch, generate } from '@elman/decoding';
import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { evaluate, tokenModel } from '../src/index.ts';
import { tableModel } from './table-model.ts';

const V = 5;
const rng = Rng.seeded('table');
const model = tableModel(Array.from({ length: V * V }, () => Array.from({ length: V }, () => rng.uniform(0.1, 2))));

const opened = (batchSize: number): TokenSession => tokenModel(model).open?.(batchSize) as TokenSession;

/** log P of every token after a context, straight from the model. */
const expected = (context: readonly number[]): number[] =>
  Array.from({ length: V }, (_, token) => model.logProbability(context, token));

describe('tokenModel', () => {
  const texts = [
    [3, 1, 4],
    [0, 0, 2],
  ];

  it('gives the log-probabilities of the model, in steps and in sessions', async () => {
    const onTensors = tokenModel(model);
    const session = opened(2);
    let state = onTensors.initialState(2);
    for (let t = 0; t < 3; t++) {
      const tokens = texts.map((text) => text[t] as number);
      const step = onTensors.next(state, tensor1d(tokens, 'int32'));
      state = step.state;
      const wanted = texts.flatMap((text) => expected(text.slice(0, t + 1)));
      const rows = [...((await step.logits.data()) as Float32Array)];
      for (const [i, value] of wanted.entries()) expect(rows[i]).toBeCloseTo(value, 5);
      expect([...(session.next(tokens, true) as Float32Array)]).toEqual(rows);
    }
    expect(await state.context.array()).toEqual([
      [1, 4],
      [0, 2],
    ]);
  });

  it('keeps rows of a session', () => {
    const session = opened(3);
    session.next([1, 2, 3], false);
    session.keep([2, 0]);
    const rows = [...(session.next([4, 0], true) as Float32Array)];
    for (const [i, value] of [...expected([3, 4]), ...expected([1, 0])].entries()) {
      expect(rows[i]).toBeCloseTo(value, 5);
    }
  });

  it('is decoded the same in sessions and on tensors', async () => {
    const inSessions = tokenModel(model);
    const { open: _, ...onTensors } = inSessions;
    const options = { prompts: [[1], [2, 3]], maximumTokens: 12, temperature: 1, seed: 3 };
    const before = memory().numTensors;
    const rows = await generate({ model: inSessions, ...options });
    expect(await generate({ model: onTensors, ...options })).toEqual(rows);
    const search = { prompts: [[1]], beamWidth: 3, count: 3, maximumTokens: 6 };
    const found = await beamSearch({ model: inSessions, ...search });
    const again = await beamSearch({ model: onTensors, ...search });
    expect(again[0]?.map(({ ids }) => ids)).toEqual(found[0]?.map(({ ids }) => ids));
    expect(found[0]).toHaveLength(3);
    expect(memory().numTensors).toBe(before);
  });

  it('reads nothing before the first token where there is no context', () => {
    const unigram = { ...model, contextSize: 0 };
    const state = tokenModel(unigram).initialState(2);
    expect(state.context.shape).toEqual([2, 1]);
    tree.dispose(state);
  });

  it('refuses tokens outside of the vocabulary', () => {
    const message = 'tokenModel: tokens: expected ids from 0 to 4, got 5 in row 1.';
    expect(() => opened(2).next([0, 5], true)).toThrow(message);
  });
});

describe('evaluate', () => {
  it('is the mean of −log P, over all tokens or over the last ones', () => {
    const ids = [2, 0, 1, 3];
    const losses = ids.map((id, t) => -model.logProbability(ids.slice(0, t), id));
    const sum = losses.reduce((a, b) => a + b);
    const all = evaluate(model, ids);
    expect(all.tokens).toBe(4);
    expect(all.nats).toBeCloseTo(sum / 4, 12);
    expect(all.bits).toBeCloseTo(sum / 4 / Math.log(2), 12);
    expect(all.perplexity).toBeCloseTo(Math.exp(sum / 4), 10);
    expect(evaluate(model, ids, { from: 3 }).nats).toBeCloseTo(losses[3] as number, 12);
  });

  it('refuses a text without a token to predict', () => {
    expect(() => evaluate(model, [])).toThrow('evaluate: ids: expected tokens from 0 on, got a text of 0.');
  });
});
