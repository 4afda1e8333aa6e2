import { Rng, type TokenModel, type TokenSession } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { type DecodingOptions, generate } from '../src/index.ts';
import { type CounterState, counterModel } from './counter-model.ts';

const V = 7;
const rng = Rng.seeded('table');
const table = Array.from({ length: V }, () => Array.from({ length: V }, () => rng.normal()));
const plain = counterModel(table);
const prompts = [[0], [3, 1, 4, 1], [2, 2], [4, 0, 1, 2, 3, 0, 1]];

type Calls = { next: number; highest: number };

/** The same model in sessions that share one memory. */
function inSessions(calls: Calls, numbers = table): TokenModel<CounterState> {
  const memory = new Float32Array(V * prompts.length);
  const tokens = new Int32Array(V * prompts.length);
  const normalizers = new Float64Array(prompts.length);
  const open = (batchSize: number): TokenSession => {
    let seen = Array.from({ length: batchSize }, () => Array<number>(V).fill(0));
    const step = (ids: readonly number[]): Float32Array[] =>
      ids.map((id, row) => {
        const own = seen[row] as number[];
        own[id] = (own[id] as number) + 1;
        const logits = memory.subarray(row * V, (row + 1) * V);
        for (let j = 0; j < V; j++) {
          logits[j] = numbers.reduce(
            (sum, of, i) => (own[i] === 0 ? sum : sum + (own[i] as number) * (of[j] as number)),
            0,
          );
        }
        return logits;
      });
    return {
      next(ids, wanted) {
        calls.next++;
        step(ids);
        return wanted ? memory.subarray(0, ids.length * V) : undefined;
      },
      highest(ids, count) {
        calls.highest++;
        for (const [row, logits] of step(ids).entries()) {
          const most = Math.max(...logits);
          normalizers[row] = most + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - most), 0));
          const order = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
          const best = order.map((token) => logits[token] as number);
          tokens.set(order.slice(0, count), row * count);
          memory.set(best.slice(0, count), row * count);
          memory.fill(Number.NaN, (row + 1) * count, (row + 1) * V);
        }
        return { tokens, logits: memory, normalizers };
      },
      keep(rows) {
        seen = rows.map((row) => [...(seen[row] as number[])]);
      },
      dispose: () => undefined,
    };
  };
  return { ...plain, open };
}

const variants: Partial<DecodingOptions<CounterState>>[] = [
  { temperature: 0 },
  { temperature: 0, topK: 2, stop: [2] },
  { temperature: 0, repetitionPenalty: 1.3 },
  { temperature: 0, processors: [(logits) => logits.map((z, i) => (i === 1 ? Number.NEGATIVE_INFINITY : z))] },
  { temperature: 1 },
  { temperature: 0.7, topK: 3 },
];

describe('a session', () => {
  it.each(variants)('generates the same as on tensors: %o', async (variant) => {
    const options = { prompts, maximumTokens: 8, seed: 7, ...variant };
    const calls = { next: 0, highest: 0 };
    expect(await generate({ ...options, model: inSessions(calls) })).toEqual(
      await generate({ ...options, model: plain }),
    );
    expect(calls.next + calls.highest).toBeGreaterThan(7);
    expect(calls.highest > 0).toBe(variants.indexOf(variant) < 2);
  });

  it.each(variants)('is independent of other sessions between its tokens: %o', async (variant) => {
    const options = { maximumTokens: 8, seed: 7, ...variant };
    const model = inSessions({ next: 0, highest: 0 });
    const together = await Promise.all([
      generate({ ...options, prompts, model }),
      generate({ ...options, prompts: prompts.slice(1), model }),
    ]);
    expect(together[0]).toEqual(await generate({ ...options, prompts, model: plain }));
    expect(together[1]).toEqual(await generate({ ...options, prompts: prompts.slice(1), model: plain }));
  });

  it('names a model that has diverged', async () => {
    for (const [value, highest] of [
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
    ] as const) {
      const model = inSessions({ next: 0, highest: 0 }, [
        table[0] as number[],
        ...table.slice(1).map((row) => row.with(4, value)),
      ]);
      await expect(generate({ model, prompts: [[0], [0, 1]], maximumTokens: 3, temperature: 0 })).rejects.toThrow(
        `expected finite logits, the highest is ${highest}.`,
      );
    }
  });
});
