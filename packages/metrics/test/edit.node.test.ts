import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/scores.json' with { type: 'json' };
import {
  characterErrorRate,
  editAlignment,
  editDistance,
  errorCounts,
  errorRate,
  wordErrorRate,
} from '../src/index.ts';

const corpora = fixture.corpora as { readonly [name: string]: { hypotheses: string[]; references: string[][] } };

/** Straight from the definition. */
function bruteForce(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return bruteForce(restA, restB);
  return 1 + Math.min(bruteForce(restA, b), bruteForce(a, restB), bruteForce(restA, restB));
}

/** By dynamic programming, row by row. */
function byTable(a: readonly number[], b: readonly number[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, x] of a.entries()) {
    const next = [i + 1];
    for (const [j, y] of b.entries()) {
      next.push(Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + (x === y ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** A seeded generator of whole numbers below `n`. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const next = numbers(7);
const sequence = (longest: number, symbols: number) => Array.from({ length: next(longest + 1) }, () => next(symbols));

describe('editDistance', () => {
  it('gives the distances of textbook examples', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('Saturday', 'Sunday')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('', '')).toBe(0);
    expect(editDistance([1, 2, 3], [2, 3, 4])).toBe(2);
    expect(editDistance(['a', 'cat'], ['the', 'cat'])).toBe(1);
    expect(editDistance([Number.NaN, 1], Float32Array.of(Number.NaN, 2))).toBe(1);
  });

  it('counts code points, not surrogates', () => {
    expect(editDistance('😀', '😃')).toBe(1);
    expect(editDistance('a😀b', 'ab')).toBe(1);
    expect(editDistance('𝒜', 'A')).toBe(1);
  });

  it('equals the definition for all short sequences', () => {
    for (let i = 0; i < 400; i++) {
      const [a, b] = [sequence(6, 3), sequence(6, 3)];
      expect(editDistance(a, b), `${a} to ${b}`).toBe(bruteForce(a, b));
    }
  });

  it('equals dynamic programming across blocks of 32 rows', () => {
    for (let i = 0; i < 300; i++) {
      const [a, b] = [sequence(140, 2 + (i % 5)), sequence(140, 2 + (i % 5))];
      expect(editDistance(a, b), `${a} to ${b}`).toBe(byTable(a, b));
    }
    for (const length of [31, 32, 33, 63, 64, 65, 96]) {
      const [a, b] = [Array.from({ length }, () => next(2)), Array.from({ length: length + 3 }, () => next(2))];
      expect(editDistance(a, b)).toBe(byTable(a, b));
    }
  });

  it('is a metric', () => {
    for (let i = 0; i < 300; i++) {
      const [a, b, c] = [sequence(50, 3), sequence(50, 3), sequence(50, 3)];
      const [ab, bc, ac] = [editDistance(a, b), editDistance(b, c), editDistance(a, c)];
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(b, a)).toBe(ab);
      expect(ab === 0).toBe(a.join() === b.join());
      expect(ac).toBeLessThanOrEqual(ab + bc);
      expect(ab).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      expect(ab).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }
  });

  it('equals that of RapidFuzz', () => {
    for (const [name, distances] of fixture.distances as [string, number[]][]) {
      const { hypotheses, references } = corpora[name] as (typeof corpora)[string];
      expect(hypotheses.map((hypothesis, row) => editDistance(hypothesis, references[row]?.[0] as string))).toEqual(
        distances,
      );
    }
  });
});

describe('editAlignment', () => {
  it('lists the edits', () => {
    const { edits, ...counts } = editAlignment('sitting', 'kitten');
    expect(counts).toEqual({ distance: 3, substitutions: 2, deletions: 0, insertions: 1 });
    expect(edits).toEqual([
      { kind: 'substitution', reference: 'k', hypothesis: 's' },
      { kind: 'equal', reference: 'i', hypothesis: 'i' },
      { kind: 'equal', reference: 't', hypothesis: 't' },
      { kind: 'equal', reference: 't', hypothesis: 't' },
      { kind: 'substitution', reference: 'e', hypothesis: 'i' },
      { kind: 'equal', reference: 'n', hypothesis: 'n' },
      { kind: 'insertion', hypothesis: 'g' },
    ]);
    expect(editAlignment(['the', 'cat'], ['the', 'big', 'cat']).edits[1]).toEqual({
      kind: 'deletion',
      reference: 'big',
    });
    expect(editAlignment('', '').edits).toEqual([]);
  });

  it('leads from the reference to the hypothesis in as many edits as the distance', () => {
    for (let i = 0; i < 300; i++) {
      const [hypothesis, reference] = [sequence(40, 3), sequence(40, 3)];
      const { distance, substitutions, deletions, insertions, edits } = editAlignment(hypothesis, reference);
      expect(distance).toBe(editDistance(hypothesis, reference));
      expect(distance).toBe(substitutions + deletions + insertions);
      const count = (kind: string) => edits.filter((edit) => edit.kind === kind).length;
      expect([substitutions, deletions, insertions]).toEqual(['substitution', 'deletion', 'insertion'].map(count));
      expect(edits.flatMap(({ kind, reference: item }) => (kind === 'insertion' ? [] : [item]))).toEqual(reference);
      expect(edits.flatMap(({ kind, hypothesis: item }) => (kind === 'deletion' ? [] : [item]))).toEqual(hypothesis);
      expect(
        edits.every((edit) => (edit.kind === 'equal') === (edit.reference === edit.hypothesis)),
        'only equals are called equal',
      ).toBe(true);
    }
  });
});

describe('error rates', () => {
  it('equal those of torchmetrics', () => {
    for (const [name, words, characters] of fixture.errorRates as [string, number, number][]) {
      const { hypotheses, references } = corpora[name] as (typeof corpora)[string];
      const wanted = references.map(([first]) => first as string);
      // torchmetrics computes in float32.
      expect(Math.abs(wordErrorRate(hypotheses, wanted) - words), name).toBeLessThan(1e-6);
      expect(Math.abs(characterErrorRate(hypotheses, wanted) - characters), name).toBeLessThan(1e-6);
    }
  });

  it('weigh rows by their length', () => {
    expect(wordErrorRate(['a b c d e f g h', 'x'], ['a b c d e f g h', 'y'])).toBe(1 / 9);
    expect(characterErrorRate(['😀b', ''], ['😀a', ''])).toBe(0.5);
    expect(characterErrorRate(['abcd'], ['a'])).toBe(3);
    expect(
      errorRate(
        [[1, 2], [3]],
        [
          [1, 2],
          [4, 3],
        ],
      ),
    ).toBe(0.25);
  });

  it('are available by kind', () => {
    expect(errorCounts(['ab', 'axc'], ['abc', 'abc'])).toEqual({
      rate: 2 / 6,
      substitutions: 1,
      deletions: 1,
      insertions: 0,
      length: 6,
    });
    expect(errorCounts([[1, 2, 3]], [[2]])).toMatchObject({ rate: 2, insertions: 2 });
  });

  it('require a reference that is not empty', () => {
    expect(() => wordErrorRate(['a'], [' '])).toThrow(
      'wordErrorRate: references: expected something in one of them, all are empty.',
    );
    expect(() => characterErrorRate(['a'], [])).toThrow(
      'characterErrorRate: references: expected 1, one entry for each hypothesis, got 0.',
    );
    expect(() => errorRate([], [])).toThrow('errorRate: hypotheses: expected one or more, got none.');
    expect(() => errorCounts([[1]], [[]])).toThrow('errorCounts: references: expected something');
  });
});
