import { Rng } from '@elman/core';
import { type Alignment, type Translation, type Translator, translate } from '@elman/models';
import type { Part, Rewriting, Row } from './rewriting.ts';

/** New rows with the outputs of a net. */
export interface Tried {
  readonly rows: readonly Row[];
  readonly translations: readonly Translation[];
  /** The share of rows with an exact match. */
  readonly right: number;
}

/** Tests a net on new rows. */
export async function tryOn(
  rewriting: Rewriting,
  part: Part,
  translator: Translator,
  {
    count,
    beamWidth,
    alignments,
  }: { readonly count: number; readonly beamWidth?: number; readonly alignments?: boolean },
): Promise<Tried> {
  const rng = Rng.seeded(`test ${part}`);
  const rows = Array.from({ length: count }, (_, i) => rewriting.draw(rng.fork(i), part));
  const sources = rows.map(({ source }) => source);
  const translations = await translate(translator, sources, { beamWidth, alignments });
  const right = rows.filter(({ target }, i) => translations[i]?.text === target).length / count;
  return { rows, translations, right };
}

/**
 * How close an alignment is to a diagonal: the correlation of the place in the target with the mean place in the source under the
 * attention weights. 1 for a diagonal, 0 for unrelated places.
 */
export function diagonality({ weights }: Alignment): number {
  const places = weights.map((row) => {
    const total = row.reduce((sum, w) => sum + w, 0);
    return row.reduce((sum, w, j) => sum + w * j, 0) / total;
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [meanT, meanJ] = [(places.length - 1) / 2, mean(places)];
  const covariance = mean(places.map((j, t) => (t - meanT) * (j - meanJ)));
  const deviation = (values: readonly number[]): number => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));
  return covariance / (deviation(places.map((_, t) => t)) * deviation(places));
}
