import { DataError, OptionError } from '@elman/core/errors';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/scores.json' with { type: 'json' };
import { type BleuOptions, bleu, type ChrFOptions, chrF, sentenceBleu, sentenceChrF } from '../src/index.ts';

type Corpus = { readonly hypotheses: string[]; readonly references: string[][] };
const corpora = fixture.corpora as { readonly [name: string]: Corpus };
type Given = { readonly [name: string]: unknown };

const rename = (options: Given, names: { readonly [theirs: string]: string }): Given =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [names[name] ?? name, value]));
const bleuOptions = (options: Given): BleuOptions =>
  rename(options, {
    smooth_method: 'smooth',
    smooth_value: 'smoothValue',
    effective_order: 'effectiveOrder',
    max_ngram_order: 'maximumOrder',
  });
const chrFOptions = (options: Given): ChrFOptions =>
  rename(options, { char_order: 'characterOrder', word_order: 'wordOrder', eps_smoothing: 'epsilonSmoothing' });

function expectSame(got: number, wanted: number, what: string): void {
  expect(Math.abs(got - wanted), `${what}: ${got}, wanted ${wanted}`).toBeLessThanOrEqual(1e-12 * Math.abs(wanted));
}

describe('equals sacrebleu', () => {
  it.each(Object.keys(corpora))('BLEU: %s', (name) => {
    const { hypotheses, references } = corpora[name] as Corpus;
    const cases = fixture.bleu.filter(([corpus]) => corpus === name) as [string, Given, Given][];
    expect(cases.length).toBe(14);
    for (const [, options, wanted] of cases) {
      const got: Given = { ...bleu(hypotheses, references, bleuOptions(options)) };
      const what = JSON.stringify(options);
      expect(got.signature, what).toBe(wanted.signature);
      expect(got.hypothesisLength, what).toBe(wanted.hypothesisLength);
      expect(got.referenceLength, what).toBe(wanted.referenceLength);
      for (const key of ['score', 'brevityPenalty']) expectSame(got[key] as number, wanted[key] as number, what);
      for (const [i, precision] of (wanted.precisions as number[]).entries()) {
        expectSame((got.precisions as number[])[i] as number, precision, `${what} precision ${i}`);
      }
    }
  });

  it.each(Object.keys(corpora))('chrF: %s', (name) => {
    const { hypotheses, references } = corpora[name] as Corpus;
    const cases = fixture.chrF.filter(([corpus]) => corpus === name) as [
      string,
      Given,
      { score: number; signature: string },
    ][];
    expect(cases.length).toBe(8);
    for (const [, options, { score, signature }] of cases) {
      const got = chrF(hypotheses, references, chrFOptions(options));
      expectSame(got.score, score, JSON.stringify(options));
      expect(got.signature).toBe(signature);
    }
  });

  it('sentence by sentence', () => {
    for (const [name, options, scores] of fixture.sentenceBleu as [string, Given, number[]][]) {
      const { hypotheses, references } = corpora[name] as Corpus;
      for (const [row, score] of scores.entries()) {
        const got = sentenceBleu(hypotheses[row] as string, references[row] as string[], bleuOptions(options));
        expectSame(got.score, score, `${name} ${row} ${JSON.stringify(options)}`);
      }
    }
    for (const [name, options, scores] of fixture.sentenceChrF as [string, Given, number[]][]) {
      const { hypotheses, references } = corpora[name] as Corpus;
      for (const [row, score] of scores.entries()) {
        const got = sentenceChrF(hypotheses[row] as string, references[row] as string[], chrFOptions(options));
        expectSame(got.score, score, `${name} ${row} ${JSON.stringify(options)}`);
      }
    }
  });
});

describe('BLEU', () => {
  it('counts an n-gram no more often than the reference has it', () => {
    const { matches, totals } = bleu(['the the the the the the the'], [['The cat is on the mat', 'the cat, the mat']], {
      lowercase: true,
    });
    expect(matches).toEqual([2, 0, 0, 0]);
    expect(totals).toEqual([7, 6, 5, 4]);
  });

  it('takes a lone reference without a list', () => {
    expect(bleu(['a b c d'], ['a b c d e'])).toEqual(bleu(['a b c d'], [['a b c d e']]));
    expect(chrF(['a b c d'], ['a b c d e'])).toEqual(chrF(['a b c d'], [['a b c d e']]));
  });
});

describe.each([
  ['bleu', bleu],
  ['chrF', chrF],
] as const)('%s', (name, measure) => {
  it('refuses invalid texts', () => {
    expect(() => measure([], [])).toThrow(`${name}: hypotheses: expected one or more, got none.`);
    expect(() => measure(['a', 'b'], ['a'])).toThrow(
      `${name}: references: expected 2, one entry for each hypothesis, got 1.`,
    );
    expect(() => measure(['a', 'b'], ['a', []])).toThrow(
      `${name}: references: expected one or more for row 1, got none.`,
    );
    expect(() => measure('a' as unknown as string[], ['a'])).toThrow(
      `${name}: hypotheses: expected an array, one entry a row, got string.`,
    );
    try {
      measure([], []);
    } catch (error) {
      expect(DataError.isInstance(error)).toBe(true);
    }
  });
});

it('refuses invalid options', () => {
  for (const options of [
    { tokenize: 'toString' },
    { smooth: 'laplace' },
    { smooth: 'floor', smoothValue: -1 },
    { maximumOrder: 0 },
    { maximumOrder: 1.5 },
  ]) {
    expect(() => bleu(['a'], ['a'], options as BleuOptions), JSON.stringify(options)).toThrow(OptionError);
  }
  for (const options of [{ characterOrder: 0 }, { wordOrder: -1 }, { beta: 0 }, { beta: Number.NaN }]) {
    expect(() => chrF(['a'], ['a'], options), JSON.stringify(options)).toThrow(OptionError);
  }
});
