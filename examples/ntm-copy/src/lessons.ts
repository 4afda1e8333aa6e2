import { type Difficulty, OptionError, type Rng, type Task } from '@elman/core';
import { associativeRecall, between, ntmCopy, repeatCopy } from '@elman/tasks';

/** A task of Graves, Wayne & Danihelka 2014, with its training and test difficulties. */
export interface Lesson {
  readonly task: Task;
  readonly trained: string;
  readonly draw: (rng: Rng) => Difficulty;
  readonly tried: readonly Difficulty[];
}

export const lessons: { readonly [name: string]: Lesson } = {
  copy: {
    task: ntmCopy(),
    trained: 'lengths of 1 to 20',
    draw: between({ length: 1 }, { length: 20 }),
    tried: [10, 20, 30, 40, 60, 80, 120].map((length) => ({ length })),
  },
  repeat: {
    task: repeatCopy(),
    trained: 'lengths and repeats of 1 to 5',
    draw: between({ length: 1, repeats: 1 }, { length: 5, repeats: 5 }),
    tried: [
      { length: 3, repeats: 3 },
      { length: 5, repeats: 5 },
      { length: 10, repeats: 5 },
      { length: 20, repeats: 5 },
      { length: 5, repeats: 8 },
    ],
  },
  recall: {
    task: associativeRecall(),
    trained: '2 to 6 items',
    draw: between({ length: 2 }, { length: 6 }),
    tried: [4, 6, 8, 10, 12, 15].map((length) => ({ length })),
  },
};

/** @throws {OptionError} for an unknown name. */
export function findLesson(name: string): Lesson {
  const lesson = lessons[name];
  if (lesson === undefined) {
    throw new OptionError(`--task: expected ${Object.keys(lessons).join(', ')}, got ${JSON.stringify(name)}.`);
  }
  return lesson;
}

/** `10`, or `10 × 20` where it has two numbers. */
export const show = (difficulty: Difficulty): string => Object.values(difficulty).join(' × ');
