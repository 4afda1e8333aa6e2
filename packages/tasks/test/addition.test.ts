import { OptionError } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import { addition, alike, evaluateProgram, type Part, partOf } from '../src/index.ts';
import { texts } from './texts.ts';

describeTask('addition', () => addition(), { difficulty: { length: 2 }, baseline: false });

it('has the sum as the answer, forwards or reversed', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ length: 1 + (i % 12) }));
  const sums = { carried: 0, short: 0 };
  for (const reversed of [false, true]) {
    for (const [row, { question, answer, fed, isPadded }] of (await texts(addition({ reversed }), rows)).entries()) {
      const inside = /^print\((.*)\)\n$/.exec(question)?.[1] as string;
      const sum = reversed ? [...inside].reverse().join('') : inside;
      const [a, b] = sum.split('+') as [string, string];
      const length = rows[row]?.length;
      expect([a.length, b.length]).toEqual([length, length]);
      expect(sum).toMatch(/^[1-9]\d*\+[1-9]\d*$/);
      expect(answer).toBe(`${BigInt(a) + BigInt(b)}.`);
      if (!reversed) expect(answer).toBe(`${evaluateProgram(question)}.`);
      expect(fed).toBe(answer.slice(0, -1));
      expect(isPadded).toBe(true);
      sums[answer.length - 1 > a.length ? 'carried' : 'short']++;
    }
  }
  expect(sums.carried).toBeGreaterThan(30);
  expect(sums.short).toBeGreaterThan(20);
});

it('splits into parts by the sum', async () => {
  for (const name of ['train', 'validation', 'test'] as const) {
    for (const { question } of await texts(addition({ part: name }), alike(20, { length: 1 }))) {
      expect(partOf(question.slice('print('.length, -')\n'.length))).toBe(name);
    }
  }
});

it('has the baseline of the distribution of all sums', () => {
  for (const length of [1, 2, 3]) {
    const [least, end] = [10 ** (length - 1), 10 ** length];
    const often = new Map<string, number>();
    for (let a = least; a < end; a++) {
      for (let b = least; b < end; b++) often.set(`${a + b}.`, (often.get(`${a + b}.`) ?? 0) + 1);
    }
    // The prediction after each prefix of an answer is its most frequent next character.
    const next = new Map<string, Map<string, number>>();
    let [nats, characters, right] = [0, 0, 0];
    const total = (end - least) ** 2;
    for (const [answer, count] of often) {
      nats -= (count / total) * Math.log(count / total);
      characters += (count / total) * answer.length;
      for (let place = 0; place < answer.length; place++) {
        const after = next.get(answer.slice(0, place)) ?? new Map<string, number>();
        after.set(answer[place] as string, (after.get(answer[place] as string) ?? 0) + count);
        next.set(answer.slice(0, place), after);
      }
    }
    for (const after of next.values()) right += Math.max(...after.values()) / total;
    const { loss, accuracy } = addition().baseline({ length });
    expect(Math.abs(loss - nats / characters)).toBeLessThan(0.005);
    expect(right / characters - accuracy).toBeGreaterThan(0);
    expect(right / characters - accuracy).toBeLessThan(0.04);
  }
});

it('refuses invalid options', () => {
  expect(() => addition({ reversed: 'yes' as unknown as boolean })).toThrow(OptionError);
  expect(() => addition({ part: 'rest' as Part })).toThrow('addition: part');
});
