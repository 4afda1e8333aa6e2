import { countRuns, withoutSpaces, wordsOf } from './text.ts';

/** The count of each n-gram of one order, and their total. */
export interface NGrams {
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Of one order: n-grams of the hypothesis, of the reference, and of both. */
export interface Counted {
  readonly written: number;
  readonly wanted: number;
  readonly matched: number;
}

interface Orders {
  readonly characterOrder: number;
  readonly wordOrder: number;
  readonly whitespace: boolean;
}

/** The n-grams of a text: of characters, the orders from 1 on, and then of words. */
export function countNGrams(text: string, { characterOrder, wordOrder, whitespace }: Orders): NGrams[] {
  const characters = [...(whitespace ? text : withoutSpaces(text))];
  const words = wordOrder === 0 ? [] : splitPunctuation(text);
  const of = (items: readonly string[], n: number, joint: string): NGrams => ({
    counts: countRuns(items, n, joint),
    total: Math.max(0, items.length - n + 1),
  });
  return [
    ...Array.from({ length: characterOrder }, (_, i) => of(characters, i + 1, '')),
    ...Array.from({ length: wordOrder }, (_, i) => of(words, i + 1, ' ')),
  ];
}

const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

/** Words, with one ASCII punctuation mark split off: the last character, else the first. */
function splitPunctuation(text: string): string[] {
  return wordsOf(text).flatMap((word) => {
    const [first, last] = [word.slice(0, 1), word.slice(-1)];
    if (word === first) return [word];
    if (PUNCTUATION.has(last)) return [word.slice(0, -1), last];
    return PUNCTUATION.has(first) ? [first, word.slice(1)] : [word];
  });
}

/** The matches of two texts, per order. Where the reference has no n-gram those of the hypothesis do not count. */
export function matchesOf(hypothesis: readonly NGrams[], reference: readonly NGrams[]): Counted[] {
  return hypothesis.map((written, i) => {
    const wanted = reference[i] as NGrams;
    let matched = 0;
    for (const [run, count] of written.counts) matched += Math.min(count, wanted.counts.get(run) ?? 0);
    return { written: wanted.total > 0 ? written.total : 0, wanted: wanted.total, matched };
  });
}

const EPSILON = 1e-16;

/** The F-score in per cent: of the mean precision and recall over the orders that both have, or the mean of all orders' F-scores. */
export function fScore(counts: readonly Counted[], beta: number, epsilonSmoothing: boolean): number {
  const factor = beta ** 2;
  let [precisions, recalls, orders, scores] = [0, 0, 0, 0];
  for (const { written, wanted, matched } of counts) {
    const precision = written > 0 ? matched / written : EPSILON;
    const recall = wanted > 0 ? matched / wanted : EPSILON;
    const denominator = factor * precision + recall;
    scores += denominator > 0 ? ((1 + factor) * precision * recall) / denominator : EPSILON;
    if (written === 0 || wanted === 0) continue;
    precisions += precision;
    recalls += recall;
    orders++;
  }
  if (epsilonSmoothing) return (100 * scores) / counts.length;
  if (orders === 0 || precisions + recalls === 0) return 0;
  const [precision, recall] = [precisions / orders, recalls / orders];
  return (100 * ((1 + factor) * precision * recall)) / (factor * precision + recall);
}
