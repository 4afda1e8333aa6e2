import { OptionError, Rng, type Task } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import {
  alike,
  binaryAddition,
  binaryMultiplication,
  bucketSort,
  chomskyTasks,
  computeSqrt,
  cycleNavigation,
  duplicateString,
  evenPairs,
  missingDuplicate,
  modularArithmetic,
  modularArithmeticBrackets,
  oddsFirst,
  reverseString,
  solveEquation,
  stackManipulation,
} from '../src/index.ts';
import { asked } from './asked.ts';

const formal = Object.entries(chomskyTasks).filter(([name]) => name !== 'parity');

/** Rows of 7 to 9 frames, mostly of 8: the shapes of one task are those of the next, and a GPU needs few programs. */
const lengths: { readonly [name: string]: number } = {
  ...{ reverseString: 4, oddsFirst: 4, bucketSort: 4, binaryAddition: 4, binaryMultiplication: 4 },
  ...{ computeSqrt: 5, duplicateString: 3, stackManipulation: 3 },
};

for (const [name, { make }] of formal) describeTask(name, make, { difficulty: { length: lengths[name] ?? 7 } });

it('has the fifteen tasks of the paper, by name and level', () => {
  const levels = Object.values(chomskyTasks).map(({ level }) => level);
  const often = (wanted: string): number => levels.filter((level) => level === wanted).length;
  expect([often('regular'), often('context-free'), often('context-sensitive')]).toEqual([4, 4, 7]);
  for (const [name, { make }] of Object.entries(chomskyTasks)) {
    expect(make().name).toBe(name);
    expect(make().recipe?.factory).toBe(name);
  }
});

/** Tasks and lengths whose answers are not uniform, or differ from those at other lengths. */
const uneven: readonly (readonly [Task, readonly number[]])[] = [
  [evenPairs(), [1, 2]],
  [cycleNavigation(), [1, 2, 5]],
  [cycleNavigation({ places: 2 }), [1, 3]],
  [cycleNavigation({ places: 8 }), [5]],
  [modularArithmetic(), [1, 2, 3, 5, 9]],
  [modularArithmetic({ modulus: 4 }), [7]],
  [modularArithmeticBrackets(), [4, 5, 9, 14]],
  [modularArithmeticBrackets({ modulus: 6 }), [9]],
  [solveEquation({ modulus: 3 }), [3, 11]],
  [stackManipulation(), [1, 2, 3, 7, 12]],
  [reverseString({ vocabSize: 3 }), [4]],
  [missingDuplicate(), [2, 3]],
  [binaryAddition(), [3, 4, 5, 9, 12]],
  [binaryMultiplication(), [3, 5, 9]],
  [computeSqrt(), [1, 2, 3, 7, 8]],
  [bucketSort(), [1, 2, 7, 12]],
  [bucketSort({ vocabSize: 2 }), [9]],
];

it('has the baselines that frequencies of answers give, at every length', async () => {
  for (const [task, lengths] of uneven) {
    for (const length of lengths) {
      const rows = await asked(task, alike(1000, { length }), 'baseline');
      const found = byPlace(rows.map(({ answer }) => answer));
      const { loss, accuracy } = task.baseline({ length });
      expect(Math.abs(loss - found.loss), `${task.name}, loss at ${length}: ${loss}, ${found.loss}`).toBeLessThan(0.03);
      expect(Math.abs(accuracy - found.accuracy), `${task.name}, accuracy at ${length}`).toBeLessThan(0.04);
    }
  }
});

it('has exact baselines where all strings can be enumerated', () => {
  const numbers = [0, 1, 2, 3, 4];
  const operators = ['+', '-', '*'];
  const pairs = operators.flatMap((one) => operators.map((other) => [one, other]));
  const triples = numbers.flatMap((a) => numbers.flatMap((b) => numbers.map((c) => [a, b, c])));
  const values = pairs.flatMap(([one, other]) =>
    triples.map(([a, b, c]) => [String(((Function(`return ${a} ${one} ${b} ${other} ${c}`)() % 5) + 5) % 5)]),
  );
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
  const bits = (number: number): string[] => [...number.toString(2)];
  const sums = upTo(5).flatMap((a) => {
    const [some, others] = [upTo(2 ** a - 1), upTo(2 ** (6 - a) - 1)];
    const times = 1 / (some.length * others.length);
    return some.flatMap((n) => others.map((m) => ({ answer: [...bits(n + m).reverse(), 'end'], times })));
  });
  const roots = (length: number) =>
    upTo(2 ** length - 1).map((n) =>
      bits(Math.floor(Math.sqrt(n)))
        .join('')
        .padStart(Math.ceil(length / 2), '0'),
    );
  const cases: readonly (readonly [Task, number, { loss: number; accuracy: number }])[] = [
    [modularArithmetic(), 5, byPlace(values)],
    [
      binaryAddition(),
      7,
      byPlace(
        sums.map(({ answer }) => answer),
        sums.map(({ times }) => times),
      ),
    ],
    ...[1, 2, 5, 8, 9].map((n) => [computeSqrt(), n, byPlace(roots(n).map((root) => [...root]))] as const),
  ];
  for (const [task, length, wanted] of cases) {
    const { loss, accuracy } = task.baseline({ length });
    expect(loss, `${task.name} at ${length}`).toBeCloseTo(wanted.loss, 9);
    expect(accuracy, `${task.name} at ${length}`).toBeCloseTo(wanted.accuracy, 9);
  }
});

/** The score of predicting from the frequencies of the symbols at each place of these weighted answers. */
function byPlace(
  answers: readonly (readonly string[])[],
  weights?: readonly number[],
): { loss: number; accuracy: number } {
  let [loss, right, total] = [0, 0, 0];
  const longest = Math.max(...answers.map((answer) => answer.length));
  for (let place = 0; place < longest; place++) {
    const often = new Map<string, number>();
    for (const [row, answer] of answers.entries()) {
      const symbol = answer[place];
      if (symbol !== undefined) often.set(symbol, (often.get(symbol) ?? 0) + (weights?.[row] ?? 1));
    }
    const count = [...often.values()].reduce((sum, some) => sum + some, 0);
    for (const some of often.values()) loss -= some * Math.log(some / count);
    right += Math.max(...often.values());
    total += count;
  }
  return { loss: loss / total, accuracy: right / total };
}

it('has finite baselines far beyond the trained lengths', () => {
  for (const [, { make }] of formal) {
    const { loss, accuracy } = make().baseline({ length: 200 });
    expect(loss).toBeGreaterThan(0);
    expect(loss).toBeLessThan(Math.log(5) + 1e-9);
    expect(accuracy).toBeGreaterThan(0.2 - 1e-9);
    expect(accuracy).toBeLessThan(1);
  }
});

it('refuses invalid options', () => {
  const bad: readonly (readonly [string, () => unknown])[] = [
    ['cycleNavigation: places', () => cycleNavigation({ places: 1 })],
    ['modularArithmetic: modulus', () => modularArithmetic({ modulus: 1.5 })],
    ['modularArithmeticBrackets: modulus', () => modularArithmeticBrackets({ modulus: 0 })],
    ['solveEquation: modulus', () => solveEquation({ modulus: Number.NaN })],
    ['reverseString: vocabSize', () => reverseString({ vocabSize: 1 })],
    ['duplicateString: vocabSize', () => duplicateString({ vocabSize: -2 })],
    ['oddsFirst: vocabSize', () => oddsFirst({ vocabSize: Number.POSITIVE_INFINITY })],
    ['bucketSort: vocabSize: expected a whole number from 2, got 1.', () => bucketSort({ vocabSize: 1 })],
    ['solveEquation: length', () => solveEquation().sample(Rng.seeded(1), [{ length: 2 }])],
  ];
  for (const [message, call] of bad) {
    expect(call).toThrow(message);
    expect(call).toThrow(OptionError);
  }
});
