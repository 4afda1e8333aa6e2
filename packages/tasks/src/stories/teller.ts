import type { Rng } from '@elman/core';

/** Writes one story, line by line, in the format of the bAbI tasks. */
export interface Teller {
  /** Adds a sentence, and gives the number of its line. */
  say(sentence: string): number;
  /** Adds a question with its answer or answers and its supporting lines. */
  ask(question: string, answers: string | readonly string[], facts: readonly number[]): void;
}

/** Generates one story with one or more questions. */
export type Tell = (rng: Rng, teller: Teller) => void;

/** The lines of a story with at most `questions` questions; the last line is one. */
export function linesOf(tell: Tell, rng: Rng, questions: number): { readonly lines: string[]; readonly asked: number } {
  const lines: string[] = [];
  let asked = 0;
  let end = 0;
  tell(rng, {
    say: (sentence) => lines.push(`${lines.length + 1} ${sentence}`),
    ask(question, answers, facts) {
      const sorted = [...new Set(facts)].sort((a, b) => a - b);
      lines.push(`${lines.length + 1} ${question}\t${[answers].flat().join(',')}\t${sorted.join(' ')}`);
      asked++;
      if (asked <= questions) end = lines.length;
    },
  });
  return { lines: lines.slice(0, end), asked: Math.min(asked, questions) };
}

/** A uniformly random item. */
export const pick = <T>(rng: Rng, items: readonly T[]): T => items[rng.integer(items.length)] as T;

/** A random sample without replacement, in random order. */
export const pickSome = <T>(rng: Rng, items: readonly T[], count: number): T[] =>
  Array.from(rng.permutation(items.length).subarray(0, count), (i) => items[i] as T);

/** True with this probability. */
export const chance = (rng: Rng, probability: number): boolean => rng.uniform() < probability;
