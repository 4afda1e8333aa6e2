import { OptionError } from '@elman/core/errors';
import { type Counted, countNGrams, fScore, matchesOf, type NGrams } from './chr-f-counts.ts';
import { countReferences, expectPairs, listReferences, type References, signatureOf } from './pairs.ts';

/** How chrF is computed; the defaults are sacrebleu's. */
export interface ChrFOptions {
  /** The longest n-grams of characters; 6 by default. */
  readonly characterOrder?: number | undefined;
  /** The longest n-grams of words; 0, the default, is chrF, 2 is chrF++. */
  readonly wordOrder?: number | undefined;
  /** Weight of recall relative to precision; 2 by default. */
  readonly beta?: number | undefined;
  /** Compare in lower case; false by default. */
  readonly lowercase?: boolean | undefined;
  /** Count white space as characters; false by default. */
  readonly whitespace?: boolean | undefined;
  /** The mean of the F-scores of all orders, as in chrF++.py, not the F-score of the means; false by default. */
  readonly epsilonSmoothing?: boolean | undefined;
}

/** chrF and its signature. */
export interface ChrFScore {
  /** 0 to 100. */
  readonly score: number;
  /** As sacrebleu writes it. */
  readonly signature: string;
}

/**
 * chrF of a corpus (with `wordOrder: 2` chrF++), as sacrebleu computes it: the F-score of n-grams of characters, and of words.
 *
 *   chrF = 100 · (1 + β²) · P · R / (β² · P + R)      P, R: the means over all orders of precision and recall
 *
 * Characters are code points. Of several references each row takes the one with the highest F-score for that row.
 * @param references for each hypothesis a text, or several alternative texts.
 * @throws {DataError} without hypotheses, with another number of references, or a row without one.
 * @throws {OptionError} for invalid options.
 * @see Popović 2015, 2017 (chrF++); Post 2018 (sacrebleu)
 */
export function chrF(
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrFOptions = {},
): ChrFScore {
  const where = 'chrF';
  const { characterOrder = 6, wordOrder = 0, beta = 2 } = options;
  const { lowercase = false, whitespace = false, epsilonSmoothing = false } = options;
  expectOrder('characterOrder', characterOrder, 1);
  expectOrder('wordOrder', wordOrder, 0);
  if (!(beta > 0 && beta < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`${where}: beta: expected a positive number, got ${beta}.`);
  }
  expectPairs(where, hypotheses, references);
  const wanted = listReferences(where, references);

  const nGrams = (text: string): NGrams[] =>
    countNGrams(lowercase ? text.toLowerCase() : text, { characterOrder, wordOrder, whitespace });
  const score = (counts: readonly Counted[]): number => fScore(counts, beta, epsilonSmoothing);
  const totals = Array.from({ length: characterOrder + wordOrder }, () => ({ written: 0, wanted: 0, matched: 0 }));
  for (const [row, hypothesis] of hypotheses.entries()) {
    const written = nGrams(hypothesis);
    let best: readonly Counted[] = [];
    let highest = Number.NEGATIVE_INFINITY;
    for (const reference of wanted[row] as readonly string[]) {
      const counts = matchesOf(written, nGrams(reference));
      const own = (wanted[row] as readonly string[]).length === 1 ? 0 : score(counts);
      if (own > highest) [best, highest] = [counts, own];
    }
    for (const [i, counts] of best.entries()) {
      const total = totals[i] as (typeof totals)[number];
      total.written += counts.written;
      total.wanted += counts.wanted;
      total.matched += counts.matched;
    }
  }
  return {
    score: score(totals),
    signature: signatureOf({
      nrefs: countReferences(wanted),
      case: lowercase ? 'lc' : 'mixed',
      eff: epsilonSmoothing ? 'no' : 'yes',
      nc: characterOrder,
      nw: wordOrder,
      space: whitespace ? 'yes' : 'no',
    }),
  };
}

/** chrF of one sentence. */
export function sentenceChrF(hypothesis: string, references: References, options: ChrFOptions = {}): ChrFScore {
  return chrF([hypothesis], [references], options);
}

function expectOrder(name: string, order: number, least: number): void {
  if (Number.isSafeInteger(order) && order >= least) return;
  throw new OptionError(`chrF: ${name}: expected a whole number from ${least}, got ${order}.`);
}
