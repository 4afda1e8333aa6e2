import { OptionError, Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { wordClasses } from '../src/index.ts';

it('cuts words at equal shares of their frequency', () => {
  // Half of the text is the first word; the next two are half of the rest each.
  expect(wordClasses([8, 4, 4], { count: 2, by: 'frequency' })).toEqual([0, 1, 1]);
  expect(wordClasses([1, 8, 2, 1, 4], { count: 2, by: 'frequency' })).toEqual([1, 0, 1, 1, 1]);
  expect(wordClasses([4, 4, 4, 4], { count: 4, by: 'frequency' })).toEqual([0, 1, 2, 3]);
});

it('cuts them at equal shares of the square root, so that classes of rare words are smaller', () => {
  // Roots 4, 2, 2, 1, 1, 1, 1: a third of 12 each.
  expect(wordClasses([16, 4, 4, 1, 1, 1, 1], { count: 3 })).toEqual([0, 1, 1, 2, 2, 2, 2]);
  const zipf = Array.from({ length: 2000 }, (_, i) => 1e6 / (i + 1));
  const largest = (by: 'frequency' | 'sqrt-frequency') => {
    const classes = wordClasses(zipf, { by });
    return classes.filter((of) => of === Math.max(...classes)).length;
  };
  expect(largest('sqrt-frequency')).toBeLessThan(largest('frequency'));
});

it('makes classes without gaps, √V of them, of any counts', () => {
  const rng = Rng.seeded(1);
  for (const size of [1, 2, 7, 100, 1000]) {
    const classes = wordClasses(Array.from({ length: size }, (_, i) => (i === 0 ? 5 : rng.integer(4))));
    const used = new Set(classes);
    expect([...used].sort((a, b) => a - b)).toEqual(Array.from(used, (_, i) => i));
    expect(used.size).toBeLessThanOrEqual(Math.round(Math.sqrt(size)));
  }
});

it('refuses counts and options that are none', () => {
  const refuse = (make: () => unknown, message: string): void => {
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  };
  refuse(() => wordClasses([1, -1]), 'wordClasses: counts: expected numbers from 0, got -1 for id 1.');
  refuse(() => wordClasses([0, 0]), 'got zeros alone; count the training text.');
  refuse(() => wordClasses([1, 1], { count: 3 }), 'wordClasses: count: expected 1 to 2, the number of words, got 3.');
  refuse(() => wordClasses([1], { by: 'rank' as never }), 'by: expected frequency or sqrt-frequency, got rank.');
});
