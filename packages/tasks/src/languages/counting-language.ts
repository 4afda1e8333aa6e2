import type { Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { ids } from '../scoring.ts';

/** Solved only if every target is correct. */
export const flawless: Task['solved'] = {
  rule: 'every predictable symbol right',
  holds: ({ accuracy }) => accuracy > 1 - 1e-6,
};

/**
 * Words of a letter n times, then the next letter n times, and so on: from the first of the second letter on each symbol is predictable
 * by counting. Targets are the symbols that follow, and an `end`; only the predictable ones count.
 */
export function countingLanguage(name: string, letters: readonly [string, string, ...string[]]): Task {
  const targets = [...letters.slice(1), 'end'];
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [] },
    inputSize: letters.length,
    outputSize: targets.length,
    easiest: { length: 1 },
    symbols: { inputs: letters, targets },
    scoring: ids,
    solved: flawless,
    example(_, { length }) {
      const word = letters.flatMap((_, id) => Array<number>(length).fill(id));
      return {
        inputs: word,
        targets: [...word.slice(1).map((id) => Math.max(0, id - 1)), targets.length - 1],
        mask: word.map((id) => (id > 0 ? 1 : 0)),
      };
    },
    baseline: ({ length }) => {
      const chances = [1 / length, 1 - 1 / length].filter((chance) => chance > 0);
      return {
        loss: chances.reduce((loss, chance) => loss - chance * Math.log(chance), 0),
        accuracy: Math.max(...chances),
      };
    },
  });
}
