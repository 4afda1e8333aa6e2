import { describe, expect, it } from 'vitest';
import { formatCount, formatSeconds, formatTable, shellQuote } from '../src/format.ts';

describe('formatCount', () => {
  it.each([
    [0, '0.00'],
    [9.994, '9.99'],
    [9.996, '10.0'],
    [950, '950'],
    [999.6, '1.00k'],
    [45_678, '45.7k'],
    [999_499, '999k'],
    [999_500, '1.00M'],
    [Number.NaN, '–'],
  ])('%d is %s', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('formatSeconds', () => {
  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1:00'],
    [65, '1:05'],
    [3725, '1:02:05'],
    [Number.POSITIVE_INFINITY, '–'],
    [-3, '0 s'],
  ])('%d is %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});

it('formatTable aligns columns by what is seen, not by colour codes', () => {
  const rows = [
    ['\u001b[32mcpu\u001b[39m', 'ready', 'x'],
    ['node-gpu', 'no', ''],
  ];
  expect(formatTable(rows)).toEqual(['\u001b[32mcpu\u001b[39m       ready  x', 'node-gpu  no']);
});

it('shellQuote quotes only what a shell would take apart', () => {
  expect(['runs/a', 'two words', "it's"].map(shellQuote)).toEqual(['runs/a', "'two words'", "'it'\\''s'"]);
});
