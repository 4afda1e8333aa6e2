import { OptionError, Rng } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import { alike, memorization, type Part, partOf } from '../src/index.ts';
import { texts } from './texts.ts';

describeTask('memorization', () => memorization(), { difficulty: { length: 3 } });
describeTask('memorization, reversed and doubled', () => memorization({ reversed: true, doubled: true }), {
  difficulty: { length: 2 },
});

const variants = [
  [{}, (digits: string) => `${digits}.`],
  [{ reversed: true }, (digits: string) => `${backwards(digits)}.`],
  [{ doubled: true }, (digits: string) => `${digits};${digits}.`],
  [{ reversed: true, doubled: true }, (digits: string) => `${backwards(digits)};${backwards(digits)}.`],
] as const;

const backwards = (text: string): string => [...text].reverse().join('');

it('has the presented digits as the answer, in each of four ways', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ length: 1 + (i % 9) }));
  for (const [options, shown] of variants) {
    const seen = new Set<string>();
    for (const [row, { question, answer, fed, isPadded }] of (await texts(memorization(options), rows)).entries()) {
      const digits = answer.slice(0, -1);
      expect(answer).toMatch(/^\d+\.$/);
      expect(digits.length).toBe(rows[row]?.length);
      expect(question).toBe(shown(digits));
      expect(fed).toBe(digits);
      expect(isPadded).toBe(true);
      for (const digit of digits) seen.add(digit);
    }
    expect(seen.size).toBe(10);
  }
});

it('splits into parts by the digits, however they are presented', async () => {
  for (const name of ['train', 'validation', 'test'] as const) {
    for (const [options] of variants) {
      const task = memorization({ ...options, part: name });
      for (const { answer } of await texts(task, [...alike(5, { length: 1 }), ...alike(5, { length: 4 })])) {
        expect(partOf(answer.slice(0, -1))).toBe(name);
      }
    }
  }
});

it('refuses invalid options', () => {
  expect(() => memorization({ reversed: 1 as unknown as boolean })).toThrow(OptionError);
  expect(() => memorization({ part: 'rest' as Part })).toThrow('memorization: part');
  expect(() => memorization().sample(Rng.seeded(1), [{ length: 0 }])).toThrow('memorization: length');
});
