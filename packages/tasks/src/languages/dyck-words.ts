import { OptionError, type Rng, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { expectFrom } from '../expect-from.ts';
import { scoreByPlace } from '../score.ts';
import { ids } from '../scoring.ts';
import { flawless } from './counting-language.ts';

/** Options of the words. */
export type DyckWordsOptions = {
  /** Kinds of bracket, 1 to 4; default 2. */
  readonly kinds?: number | undefined;
};

const BRACKETS = ['(', ')', '[', ']', '{', '}', '<', '>'];

/**
 * The Dyck language: which bracket may be closed after each one.
 *
 *   inputs   ( [ ] [ ( ) ] ) [ ]
 *   targets  ) ] ) ] ) ] ) end ] end
 *
 * Any of k kinds of bracket may always be opened, so that these targets determine the symbols that may follow: the
 * innermost open bracket may be closed, or, where none is open, the word may `end`. `length` is the number of pairs;
 * all words of this many are equally likely, so that they are about √(π·length) deep. Every frame counts. Solved if
 * every one is right.
 *
 * Baseline: exact. Of words of n pairs the share Cₘ·Cₙ₋ₘ/Cₙ (Cₘ the Catalan numbers) has no open bracket after 2m; elsewhere all kinds are
 * equally likely.
 * @throws {OptionError} if there are not 1 to 4 kinds.
 * @see Suzgun et al. 2019, "Memory-augmented recurrent neural networks can learn generalized Dyck languages"
 * @see Arnold & Sleep 1980, "Uniform random generation of balanced parenthesis strings"
 */
export function dyckWords({ kinds = 2 }: DyckWordsOptions = {}): Task {
  const name = 'dyckWords';
  expectFrom(1, name, { kinds });
  if (2 * kinds > BRACKETS.length) {
    throw new OptionError(`${name}: kinds: expected at most ${BRACKETS.length / 2}, got ${kinds}.`);
  }
  const brackets = BRACKETS.slice(0, 2 * kinds);
  const end = kinds;
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ kinds }] },
    inputSize: brackets.length,
    outputSize: kinds + 1,
    easiest: { length: 1 },
    symbols: { inputs: brackets, targets: [...brackets.filter((_, i) => i % 2 === 1), 'end'] },
    scoring: ids,
    solved: flawless,
    example(rng, { length }) {
      const open: number[] = [];
      const inputs: number[] = [];
      const targets: number[] = [];
      for (let left = 2 * length; left > 0; left--) {
        if (closes(rng, open.length, left)) inputs.push(2 * (open.pop() as number) + 1);
        else {
          open.push(rng.integer(kinds));
          inputs.push(2 * (open.at(-1) as number));
        }
        targets.push(open.at(-1) ?? end);
      }
      return { inputs, targets };
    },
    baseline: ({ length }) => scoreByPlace(placeChances(length, kinds)),
  });
}

/** Whether to close one of `depth` open brackets with `left` more to come, so that all words are equally likely. */
function closes(rng: Rng, depth: number, left: number): boolean {
  return rng.uniform() < (depth * (left + depth + 2)) / (2 * left * (depth + 1));
}

/** The probability of each target after each bracket. */
function placeChances(length: number, kinds: number): number[][] {
  const logCatalan = [0];
  for (let n = 1; n <= length; n++) logCatalan.push((logCatalan[n - 1] as number) + Math.log((4 * n - 2) / (n + 1)));
  const log = (n: number): number => logCatalan[n] as number;
  return Array.from({ length: 2 * length }, (_, t) => {
    const pairs = (t + 1) / 2;
    const none = Number.isInteger(pairs) ? Math.exp(log(pairs) + log(length - pairs) - log(length)) : 0;
    return [...Array<number>(kinds).fill((1 - none) / kinds), none];
  });
}
