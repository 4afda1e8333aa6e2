import { describe, expect, it } from 'vitest';
import { fitted, formatCount, formatSeconds, formatTable, optionName, shellQuote, wrapped } from '../src/format.ts';

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

it('fitted leaves out what is spare, the last of it first, and nothing else', () => {
  const parts = [
    { text: 'update 7' },
    { text: 'loss 1', spare: true },
    { text: 'more', spare: true },
    { text: 'best' },
  ];
  expect(fitted(parts, 80)).toBe('update 7 · loss 1 · more · best');
  expect(fitted(parts, 31)).toBe('update 7 · loss 1 · best');
  expect(fitted(parts, 24)).toBe('update 7 · best');
  expect(fitted(parts, 3)).toBe('update 7 · best');
});

it('wrapped breaks lines behind commas and the like, and keeps all of the text', () => {
  const text = 'held out: 9.9 % of 6 right, chrF 12.5, loss 2.66 · 1 s';
  expect(wrapped(text, 80)).toBe(text);
  expect(wrapped(text, 40)).toBe('held out: 9.9 % of 6 right, chrF 12.5,\n  loss 2.66 · 1 s');
  for (let columns = 1; columns < 80; columns++) expect(wrapped(text, columns).replaceAll(/\n {2}/g, ' ')).toBe(text);
});

it('optionName is what is typed', () => {
  expect(['seed', 'learningRate', 'evaluateEvery'].map(optionName)).toEqual([
    '--seed',
    '--learning-rate',
    '--evaluate-every',
  ]);
});
