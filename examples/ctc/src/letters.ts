import type { LabelModel } from '@elman/ctc';
import { CLASSES, labelsOf } from './words.ts';

/** What follows the end of a word is its end; it also stands before the first letter. */
const EDGE = 0;

/**
 * P(letter | the two before), of words of a list: counts of three, two and one in a row, each the prior of the longer (Dirichlet
 * smoothing, of the weight `trust`).
 */
export function trigrams(words: readonly string[], trust = 2): LabelModel {
  const counts = new Map<string, number>();
  const add = (key: string): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const word of words) {
    const row = [EDGE, EDGE, ...labelsOf(word), EDGE];
    for (let i = 2; i < row.length; i++) {
      for (let order = 0; order <= 2; order++) {
        const before = row.slice(i - order, i).join();
        add(`${order}:${before}`);
        add(`${order}:${before}>${row[i]}`);
      }
    }
  }
  return (before, label = EDGE) => {
    const history = [EDGE, EDGE, ...before];
    let probability = 1 / CLASSES;
    for (let order = 0; order <= 2; order++) {
      const key = `${order}:${history.slice(history.length - order).join()}`;
      const [seen, followed] = [counts.get(key) ?? 0, counts.get(`${key}>${label}`) ?? 0];
      probability = (followed + trust * probability) / (seen + trust);
    }
    return Math.log(probability);
  };
}
