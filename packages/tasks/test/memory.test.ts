import { type Difficulty, OptionError, Rng, type Task } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { describe, expect, it } from 'vitest';
import {
  alike,
  associativeRecall,
  ngramEstimate,
  ngramPrediction,
  ntmCopy,
  prioritySort,
  repeatCopy,
  selectiveCopy,
} from '../src/index.ts';

describeTask('ntmCopy', () => ntmCopy({ width: 3 }), { difficulty: { length: 4 } });
describeTask('repeatCopy', () => repeatCopy({ width: 3 }), { difficulty: { length: 2, repeats: 3 } });
describeTask('associativeRecall', () => associativeRecall({ width: 3, vectors: 2 }), { difficulty: { length: 3 } });
describeTask('ngramPrediction', () => ngramPrediction({ context: 2 }), { difficulty: { length: 6 } });
describeTask('prioritySort', () => prioritySort({ width: 3 }), { difficulty: { length: 5 } });
describeTask('selectiveCopy', () => selectiveCopy({ symbols: 3, count: 2 }), { difficulty: { length: 5 } });

/** Rows in plain numbers, the targets those that count. */
async function rowsOf<In>(task: Task, difficulty: Difficulty, rows = 20) {
  const { inputs, targets, mask } = task.sample(Rng.seeded(7), alike(rows, difficulty));
  const [ins, outs, counts] = [await inputs.array(), await targets.array(), await mask?.array()];
  return (ins as In[][]).map((row, i) => ({
    inputs: row,
    answer: (outs as In[][])[i]?.filter((_, t) => (counts as number[][])[i]?.[t] === 1) as In[],
  }));
}

describe('the rows', () => {
  it('ntmCopy: the vectors before the delimiter', async () => {
    for (const { inputs, answer } of await rowsOf<number[]>(ntmCopy(), { length: 5 })) {
      expect(inputs).toHaveLength(11);
      expect(inputs[5]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
      expect(answer).toEqual(inputs.slice(0, 5).map((vector) => vector.slice(0, 8)));
      expect(
        inputs
          .slice(6)
          .flat()
          .every((bit) => bit === 0),
      ).toBe(true);
    }
  });

  it('repeatCopy: the vectors as often as given, and an end', async () => {
    for (const { inputs, answer } of await rowsOf<number[]>(repeatCopy({ width: 4 }), { length: 3, repeats: 2 })) {
      const vectors = inputs.slice(0, 3).map((vector) => [...vector.slice(0, 4), 0]);
      expect(inputs[3]?.slice(0, 4)).toEqual([0, 0, 0, 0]);
      expect(inputs[3]?.[4]).toBeCloseTo((2 - 5.5) / Math.sqrt(8.25), 5);
      expect(answer).toEqual([...vectors, ...vectors, [0, 0, 0, 0, 1]]);
    }
  });

  it('associativeRecall: the item after the queried one', async () => {
    for (const { inputs, answer } of await rowsOf<number[]>(associativeRecall(), { length: 4 })) {
      expect(inputs).toHaveLength(4 * 4 + 8);
      const items = [0, 1, 2, 3].map((i) => inputs.slice(4 * i + 1, 4 * i + 4).map((vector) => vector.slice(0, 6)));
      const asked = inputs.slice(17, 20).map((vector) => vector.slice(0, 6));
      const place = items.findIndex((item) => item.join() === asked.join());
      expect(answer).toEqual(items[place + 1]);
      expect(new Set(items.map((item) => item.join())).size).toBe(4);
    }
  });

  it('prioritySort: the vectors of the highest priorities, the highest first', async () => {
    for (const { inputs, answer } of await rowsOf<number[]>(prioritySort(), { length: 10 })) {
      const sorted = inputs.slice(0, 10).sort((a, b) => (b[8] as number) - (a[8] as number));
      expect(answer).toEqual(sorted.slice(0, 8).map((vector) => vector.slice(0, 8)));
    }
  });

  it('selectiveCopy: the symbols in their order, wherever they are', async () => {
    const places = new Set<string>();
    for (const { inputs, answer } of await rowsOf<number>(selectiveCopy({ count: 4 }), { length: 12 })) {
      const read = inputs.slice(0, 12);
      expect(answer).toEqual(read.filter((id) => id > 0));
      expect(inputs.slice(12)).toEqual([17, 17, 17, 17]);
      places.add(read.map((id) => (id > 0 ? 1 : 0)).join(''));
    }
    expect(places.size).toBeGreaterThan(10);
  });

  it('ngramPrediction: an estimate from the bits so far beats the baseline, and improves with length', async () => {
    const losses = [];
    for (const length of [30, 200, 1000]) {
      const rows = await rowsOf<number>(ngramPrediction(), { length }, 40);
      const bits = rows.map(({ inputs, answer }) => [...inputs, answer.at(-1) as number]);
      expect(rows[0]?.answer).toHaveLength(length - 4);
      losses.push(ngramEstimate(bits).loss);
    }
    expect(losses[0]).toBeLessThan(Math.LN2);
    expect(losses[1]).toBeLessThan(losses[0] as number);
    expect(losses[2]).toBeLessThan(losses[1] as number);
    // With a known table it is 0.35 nats, which long rows approach.
    expect(losses[2]).toBeGreaterThan(0.35);
    expect(losses[2]).toBeLessThan(0.42);
  });
});

it('refuses invalid options', () => {
  expect(() => prioritySort({ asked: 0 })).toThrow(/asked: expected a number above 0/);
  expect(() => ntmCopy({ width: 1.5 })).toThrow(OptionError);
  expect(() => ngramPrediction({ context: 17 })).toThrow('ngramPrediction: context: expected at most 16 bits, got 17.');
  expect(() => associativeRecall({ width: 1, vectors: 1 }).sample(Rng.seeded(1), [{ length: 3 }])).toThrow(
    /length: expected a whole number from 2 to 2/,
  );
  expect(() => selectiveCopy().sample(Rng.seeded(1), [{ length: 15 }])).toThrow(
    /length: expected a whole number from 16/,
  );
});
