import { OptionError } from '@elman/core/errors';
import { bleuOf } from './bleu-of.ts';
import { countReferences, expectPairs, listReferences, type References, signatureOf } from './pairs.ts';
import { countRuns, withoutTrailingSpaces } from './text.ts';
import { type Tokenization, tokenizers } from './tokenize.ts';

/** How BLEU is computed; the defaults are sacrebleu's. */
export interface BleuOptions {
  /** `13a` by default. */
  readonly tokenize?: Tokenization | undefined;
  /** Compare in lower case; false by default. */
  readonly lowercase?: boolean | undefined;
  /**
   * Where no n-gram of an order matches: `exp` (the default) takes half as many as at the previous order, `floor` takes `smoothValue`
   * matches, `none` leaves 0. `add-k` adds `smoothValue` to matches and totals of orders above 1.
   */
  readonly smooth?: 'exp' | 'floor' | 'add-k' | 'none' | undefined;
  /** 0.1 for `floor`, 1 for `add-k` by default. */
  readonly smoothValue?: number | undefined;
  /** Leave out orders for which the hypotheses are too short to have an n-gram; false by default, true for a sentence. */
  readonly effectiveOrder?: boolean | undefined;
  /** 4 by default. */
  readonly maximumOrder?: number | undefined;
}

/** BLEU and its components. */
export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** Smoothed precisions of each order from 1, in per cent. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** Tokens of the hypotheses. */
  readonly hypothesisLength: number;
  /** Tokens of the references, for each row the reference closest in length. */
  readonly referenceLength: number;
  /** Matched n-grams of the hypotheses, per order, before smoothing. */
  readonly matches: readonly number[];
  /** n-grams of the hypotheses, per order. */
  readonly totals: readonly number[];
  /** How it was computed, as sacrebleu writes it. */
  readonly signature: string;
}

/**
 * BLEU of a corpus, as sacrebleu computes it.
 *
 *   BLEU = BP · exp(1/N · Σₙ log pₙ)      pₙ = matches / totals of order n over all rows, N = 4
 *   BP   = 1, or exp(1 − referenceLength / hypothesisLength) where hypotheses are shorter
 *
 * Matches of an n-gram are clipped at its largest count in one reference.
 * @param references for each hypothesis a text, or several alternative texts.
 * @throws {DataError} without hypotheses, with another number of references, or a row without one.
 * @throws {OptionError} for invalid options.
 * @see Papineni et al. 2002; Post 2018 (sacrebleu); smoothing: Chen & Cherry 2014
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly References[],
  options: BleuOptions = {},
): BleuScore {
  const where = 'bleu';
  const { tokenize = '13a', lowercase = false, smooth = 'exp', effectiveOrder = false, maximumOrder = 4 } = options;
  const smoothValue = options.smoothValue ?? SMOOTH_VALUES[smooth];
  const tokenizer = Object.hasOwn(tokenizers, tokenize) ? tokenizers[tokenize] : undefined;
  if (tokenizer === undefined) {
    throw new OptionError(`${where}: tokenize: expected ${Object.keys(tokenizers).join(', ')}, got ${tokenize}.`);
  }
  if (!Object.hasOwn(SMOOTH_VALUES, smooth)) {
    throw new OptionError(`${where}: smooth: expected ${Object.keys(SMOOTH_VALUES).join(', ')}, got ${smooth}.`);
  }
  if (smoothValue !== undefined && !(smoothValue >= 0 && smoothValue < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`${where}: smoothValue: expected a number from 0, got ${smoothValue}.`);
  }
  if (!Number.isSafeInteger(maximumOrder) || maximumOrder < 1) {
    throw new OptionError(`${where}: maximumOrder: expected a positive whole number, got ${maximumOrder}.`);
  }
  expectPairs(where, hypotheses, references);
  const wanted = listReferences(where, references);

  const tokensOf = (text: string): string[] => tokenizer(withoutTrailingSpaces(lowercase ? text.toLowerCase() : text));
  const [matches, totals] = [Array<number>(maximumOrder).fill(0), Array<number>(maximumOrder).fill(0)];
  let [hypothesisLength, referenceLength] = [0, 0];
  for (const [row, hypothesis] of hypotheses.entries()) {
    const tokens = tokensOf(hypothesis);
    const lists = (wanted[row] as readonly string[]).map(tokensOf);
    hypothesisLength += tokens.length;
    referenceLength += closest(
      tokens.length,
      lists.map((list) => list.length),
    );
    for (let n = 1; n <= Math.min(maximumOrder, tokens.length); n++) {
      const most = lists.map((list) => countRuns(list, n, ' '));
      for (const [run, count] of countRuns(tokens, n, ' ')) {
        let had = 0;
        for (const counts of most) had = Math.max(had, counts.get(run) ?? 0);
        matches[n - 1] = (matches[n - 1] as number) + Math.min(count, had);
      }
      totals[n - 1] = (totals[n - 1] as number) + tokens.length - n + 1;
    }
  }

  const counted = { matches, totals, hypothesisLength, referenceLength };
  return {
    ...counted,
    ...bleuOf(counted, { smooth, smoothValue, effectiveOrder }),
    signature: signatureOf({
      nrefs: countReferences(wanted),
      case: lowercase ? 'lc' : 'mixed',
      eff: effectiveOrder ? 'yes' : 'no',
      tok: tokenize,
      smooth: smoothValue === undefined ? smooth : `${smooth}[${smoothValue.toFixed(2)}]`,
    }),
  };
}

/** BLEU of one sentence: as `bleu`, with `effectiveOrder` by default, like sacrebleu. */
export function sentenceBleu(hypothesis: string, references: References, options: BleuOptions = {}): BleuScore {
  return bleu([hypothesis], [references], { ...options, effectiveOrder: options.effectiveOrder ?? true });
}

const SMOOTH_VALUES = { exp: undefined, floor: 0.1, 'add-k': 1, none: undefined } as const;

/** The reference length closest to the hypothesis, in a tie the shorter. */
function closest(length: number, lengths: readonly number[]): number {
  return lengths.reduce((best, other) => {
    const [far, farther] = [Math.abs(other - length), Math.abs(best - length)];
    return far < farther || (far === farther && other < best) ? other : best;
  });
}
