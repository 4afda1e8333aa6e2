import { OptionError } from '@elman/core';
import { byFrequency, wordClasses } from '@elman/nn';
import { expect, it } from 'vitest';
import { countsOf, makeOutput } from '../src/output.ts';

const counts = Array.from({ length: 40 }, (_, id) => (id * 7) % 40);

it('makes the output layer that is typed, of the frequencies of the text', () => {
  expect(countsOf(Int32Array.of(0, 2, 2, 1, 2), 4)).toEqual([1, 1, 3, 0]);
  expect(makeOutput('full', counts)).toEqual({ kind: 'full' });
  expect(makeOutput('classes', counts)).toEqual({ kind: 'classes', classes: wordClasses(counts) });
  expect(makeOutput('classes:count=3,by=frequency', counts)).toEqual({
    kind: 'classes',
    classes: wordClasses(counts, { count: 3, by: 'frequency' }),
  });
  const order = byFrequency(counts);
  expect(makeOutput('adaptive', counts)).toEqual({ kind: 'adaptive', cutoffs: [4, 16], order });
  expect(makeOutput('adaptive:cutoffs=9,factor=2', counts)).toEqual({
    kind: 'adaptive',
    cutoffs: [9],
    factor: 2,
    order,
  });
  expect(makeOutput('sampled', counts)).toEqual({ kind: 'sampled', samples: 2, noise: counts });
  const typed = { kind: 'sampled', samples: 9, noise: 'log-uniform' };
  expect(makeOutput('sampled:samples=9,noise=log-uniform', counts)).toEqual(typed);
});

it('refuses what is none in one line', () => {
  for (const [text, message] of [
    ['class', 'output: expected one of full, classes, adaptive, sampled, got "class"; did you mean classes?'],
    ['classes:size=3', 'output: classes has no option size; it has count, by.'],
    ['classes:of', 'output: classes: expected option=value, got "of".'],
    ['sampled:noise=uniform', 'output: sampled: noise: expected one of unigram, log-uniform, got "uniform"'],
    ['classes:count=41', 'wordClasses: count: expected 1 to 40, the number of words, got 41.'],
  ] as const) {
    expect(() => makeOutput(text, counts)).toThrow(OptionError);
    expect(() => makeOutput(text, counts)).toThrow(message);
  }
});
