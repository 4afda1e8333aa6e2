import { digits, large, table } from './markdown.ts';
import type { NgramResults, NgramTimes } from './ngrams.ts';

/** Perplexities by order and smoothing, and the speed of counting. */
export function describeNgrams({ trainTokens, testTokens, vocabSize, scores, times }: NgramResults): string {
  const orders = [...new Set(scores.map(({ order }) => order))];
  const kinds = scores.filter(({ order }) => order === orders[0]);
  const rows = kinds.map(({ method, sentences }) => [
    method,
    sentences ? 'sentences' : 'stream',
    ...orders.map((order) => {
      const found = scores.find(
        (score) => score.order === order && score.method === method && score.sentences === sentences,
      );
      return found === undefined ? '–' : found.perplexity.toFixed(1);
    }),
  ]);
  const speed = Object.entries(times).map(([name, of]: [string, NgramTimes]) => [
    name,
    `${of.tokens}`,
    `${of.vocabSize}`,
    large(of.ngrams),
    `${(of.bytes / 1e6).toFixed(1)}`,
    `${digits(of.counting.median)} (${digits(of.counting.least)})`,
    large((of.tokens / of.counting.median) * 1000),
    `${digits(of.smoothing.median)}`,
  ]);
  return [
    `Perplexity of ${testTokens} words after ${trainTokens}; ${vocabSize} different ones, the end of a line among them.`,
    table(['method', 'counted as', ...orders.map((order) => `order ${order}`)], rows, 2),
    'Counting at order 5, and computing a Kneser–Ney model of the counts, in processor time:',
    table(['of', 'tokens', 'vocabulary', 'n-grams', 'MB', 'ms (least)', 'tokens/s', 'model: ms'], speed),
  ].join('\n\n');
}
