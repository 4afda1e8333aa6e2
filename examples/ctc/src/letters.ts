import type { LabelModel } from '@elman/ctc';
import { CLASSES, labelsOf } from './words.ts';

/** The boundary symbol before and after the letters of a word. */
const EDGE = 0;

/**
 * P(letter | the previous two), of words of a list: counts of trigrams, bigrams and unigrams, each the prior of the longer (Dirichlet
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
