import type { Rng } from '@elman/core';

/** Writes one story, line by line, in the format of the bAbI tasks. */
export interface Teller {
  /** Adds a sentence, and gives the number of its line. */
  say(sentence: string): number;
  /** Adds a question with its answer, or several, and the lines that it follows from. */
  ask(question: string, answers: string | readonly string[], facts: readonly number[]): void;
}

/** Tells one story, with as many questions as come of it, one or more. */
export type Tell = (rng: Rng, teller: Teller) => void;

/** The lines of a story, of which no more than `questions` ask; the last one does. */
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

/** One of them, each as likely as the others. */
export const pick = <T>(rng: Rng, items: readonly T[]): T => items[rng.integer(items.length)] as T;

/** Some of them, in random order. */
export const pickSome = <T>(rng: Rng, items: readonly T[], count: number): T[] =>
  Array.from(rng.permutation(items.length).subarray(0, count), (i) => items[i] as T);

/** True with this probability. */
export const chance = (rng: Rng, probability: number): boolean => rng.uniform() < probability;
