import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import cases from '../fixtures/kenlm.json' with { type: 'json' };
import { type BackoffModel, countNgrams, kneserNey, readArpa, wittenBell, writeArpa } from '../src/index.ts';
import { chain, contexts } from './texts.ts';

const written = (model: BackoffModel, words: readonly string[]): string => [...writeArpa(model, { words })].join('');

/** Whether two models over the same tokens give the same probabilities to 1e-6, relative. */
function expectSame(a: BackoffModel, b: BackoffModel, after: readonly (readonly number[])[]): void {
  for (const context of after) {
    for (let token = 0; token < a.vocabSize; token++) {
      expect(Math.abs(a.logProbability(context, token) - b.logProbability(context, token))).toBeLessThan(1e-6);
    }
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `w${i}`);
const after = contexts(80, 5, 9, 7);

describe('writeArpa and readArpa', () => {
  const methods = {
    kneserNey,
    wittenBell,
    'kneserNey with backoff': (counts: ReturnType<typeof countNgrams>) => kneserNey(counts, { interpolate: false }),
  };

  it.each(Object.entries(methods))('give the same probabilities again: %s', (_, method) => {
    for (const boundary of [undefined, 3]) {
      const model = method(countNgrams(chain(400, 8, 1), { vocabSize: 9, order: 4, boundary }));
      const text = written(model, names(9));
      expectSame(readArpa(text, { words: names(9), boundary }).model, model, after);
      // The words of a file in their order; the boundary is its </s>.
      const { model: again, words } = readArpa(text.split('\n'));
      expect(words).toEqual(names(9).map((name, id) => (id === boundary ? '</s>' : name)));
      expectSame(again, model, after);
    }
  });

  it('read what KenLM writes', () => {
    const [given] = cases;
    const { text = [], order = 0, vocabSize = 0, end = 0, unknown = 0 } = given ?? {};
    const words = names(vocabSize);
    // The words of that text are all of w0 to w4.
    [words[unknown], words[end]] = ['<unk>', '</s>'];
    const { model } = readArpa(readFileSync(new URL('../fixtures/kenlm.arpa', import.meta.url), 'utf8'), { words });
    const own = kneserNey(countNgrams(text, { vocabSize, order, boundary: end }));
    for (const context of contexts(80, 4, vocabSize, 1)) {
      for (let token = 0; token < vocabSize; token++) {
        expect(Math.abs(model.logProbability(context, token) - own.logProbability(context, token))).toBeLessThan(1e-5);
      }
    }
  });

  it('write a file worked by hand', () => {
    // a b a: three unigrams, two bigrams; with Witten–Bell P(a) = (2 + 2/3)/5, P(b) = (1 + 2/3)/5, P(a | b) = (1 + P(a))/2.
    const model = wittenBell(countNgrams([0, 1, 0], { vocabSize: 3, order: 2 }));
    expect(written(model, ['a', 'b', 'c']).split('\n')).toEqual([
      '\\data\\',
      'ngram 1=3',
      'ngram 2=2',
      '',
      '\\1-grams:',
      `-0.2730013\ta\t-0.30103`,
      `-0.4771213\tb\t-0.30103`,
      `-0.8750613\tc`,
      '',
      '\\2-grams:',
      `-0.1760913\ta b`,
      `-0.1153934\tb a`,
      '',
      '\\end\\',
      '',
    ]);
  });
});

const file = (...lines: string[]): string[] => ['made by hand', '\\data\\', ...lines];
const sizes = ['ngram 1=3', 'ngram 2=1', 'ngram 3=1', '', '\\1-grams:', '-0.5 a -0.1', '-0.6 b -0.2', '-0.7 c', ''];

describe('readArpa', () => {
  it('adds contexts that a file leaves out', () => {
    const lines = file(
      ...sizes,
      '\\2-grams:',
      '-0.25 a b -0.3',
      '',
      '\\3-grams:',
      '-0.125 b c a',
      '\\end\\',
      'and more',
    );
    const { model } = readArpa(lines);
    const log10 = (context: number[], token: number): number => model.logProbability(context, token) / Math.LN10;
    expect(log10([1, 2], 0)).toBeCloseTo(-0.125, 10);
    expect(log10([0, 1], 0)).toBeCloseTo(-0.3 - 0.2 - 0.5, 10);
    // b c is not there: log γ(b) + log P(c).
    expect(log10([1], 2)).toBeCloseTo(-0.2 - 0.7, 10);
    expect(log10([0, 1], 2)).toBeCloseTo(-0.3 - 0.2 - 0.7, 10);
    expect(log10([0, 2], 0)).toBeCloseTo(-0.5, 10);
  });

  it.each([
    [['x'], 'readArpa: line 1: expected \\data\\ before the end of the file.'],
    [file('ngram 2=1'), 'readArpa: line 3: expected "ngram 1=…" or \\1-grams:, got ngram 2=1.'],
    [file('ngram 1=1', '\\2-grams:'), 'readArpa: line 4: expected \\1-grams:, got \\2-grams:.'],
    [file('ngram 1=2', '\\1-grams:', '-1 a', '\\end\\'), 'readArpa: line 6: expected 1 more 1-grams, got \\end\\.'],
    [file('ngram 1=1', '\\1-grams:', '-1 a', '-1 b'), 'readArpa: line 6: expected 1 1-grams as announced, got more.'],
    [file('ngram 1=1', '\\1-grams:', '-1 a'), 'readArpa: line 5: expected \\end\\, got the end of the file.'],
    [file('ngram 1=1', '\\1-grams:', 'x a'), 'line 5: expected log P, 1 words and perhaps a backoff weight, got x a.'],
    [file('ngram 1=1', '\\1-grams:', '-1'), 'line 5: expected log P, 1 words and perhaps a backoff weight, got -1.'],
    [file('ngram 1=1', '\\1-grams:', '-1 a 0 0'), 'line 5: expected log P, 1 words and perhaps a backoff weight, got'],
    [file('ngram 1=1', '\\1-grams:', '0.5 a'), 'readArpa: line 5: expected log P of at most 0, got 0.5.'],
    [file('ngram 1=2', '\\1-grams:', '-1 a', '-1 a'), 'readArpa: line 6: expected each n-gram once, got a again.'],
    [
      file('ngram 1=1', 'ngram 2=1', '\\1-grams:', '-1 a', '\\2-grams:', '-1 a b'),
      'readArpa: line 8: expected words that are unigrams too, got b.',
    ],
    [
      file('ngram 1=1', 'ngram 2=1', '\\1-grams:', '-1 a', '\\2-grams:', '-1 a <s>'),
      'readArpa: line 8: expected <s> to begin and </s> to end an n-gram, got a <s>.',
    ],
    [file('ngram 1=0', '\\1-grams:', '\\end\\'), 'readArpa: expected one unigram or more, got none.'],
  ])('refuses a malformed file by its line: %j', (lines, message) => {
    expect(() => readArpa(lines)).toThrow(message);
    expect(() => readArpa(lines.join('\n'))).toThrow(message);
  });

  it('refuses words that its vocabulary does not have', () => {
    const lines = file('ngram 1=1', '\\1-grams:', '-1 a', '\\end\\');
    expect(() => readArpa(lines, { words: ['b'] })).toThrow('line 5: expected words of the vocabulary, got a.');
  });
});

describe('writeArpa', () => {
  const model = wittenBell(countNgrams([0, 1], { vocabSize: 2, order: 1 }));

  it.each([
    [['a'], 'writeArpa: words: expected one for each of 2 tokens, got 1.'],
    [['a', 'a'], 'writeArpa: words: expected different ones, got "a" of tokens 0 and 1.'],
    [['a', ' '], 'writeArpa: words: token 1: expected a word without white space other than <s> and </s>, got " "'],
    [['<s>', 'a'], 'writeArpa: words: token 0: expected a word without white space other than <s> and </s>, got "<s>"'],
  ])('refuses words that a file cannot have: %j', (words, message) => {
    expect(() => writeArpa(model, { words })).toThrow(message);
  });
});
