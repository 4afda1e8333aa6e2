import { OptionError, Rng, type Task } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import {
  alike,
  evaluateProgram,
  generateProgram,
  learningToExecute,
  type Operation,
  type Part,
  partOf,
} from '../src/index.ts';
import { texts } from './texts.ts';

describeTask('learning to execute', () => learningToExecute(), {
  difficulty: { length: 2, nesting: 2 },
  baseline: false,
});

it('has the output of its program and a dot as the answer', async () => {
  const task = learningToExecute();
  const rows = Array.from({ length: 100 }, (_, i) => ({ length: 1 + (i % 5), nesting: 1 + (i % 10) }));
  const negatives = { seen: false };
  for (const { question, answer, fed, isPadded } of await texts(task, rows)) {
    expect(question.endsWith(')\n')).toBe(true);
    expect(answer).toMatch(/^-?\d+\.$/);
    expect(answer).toBe(`${evaluateProgram(question)}.`);
    expect(fed).toBe(answer.slice(0, -1));
    expect(isPadded).toBe(true);
    negatives.seen ||= answer.startsWith('-');
  }
  expect(negatives.seen).toBe(true);
});

it('splits into equal parts by the hash of the program, at every difficulty', async () => {
  const task = learningToExecute({ operations: ['number', 'sum'] });
  for (const name of ['train', 'validation', 'test'] as const) {
    const part = (task.part as NonNullable<Task['part']>)(name);
    for (const length of [1, 3]) {
      const rows = await texts(part, alike(20, { length, nesting: 1 }));
      for (const { question } of rows) expect(partOf(question.trimEnd())).toBe(name);
    }
    expect(part.recipe?.arguments).toEqual([{ operations: ['number', 'sum'], part: name }]);
  }
  const often = { train: 0, validation: 0, test: 0 };
  for (let i = 0; i < 3000; i++) {
    often[partOf(generateProgram(Rng.seeded(i), { length: 3, nesting: 2 }).program)]++;
  }
  for (const count of Object.values(often)) expect(Math.abs(count - 1000)).toBeLessThan(100);
});

it('has some programs of every part, however few there are', () => {
  for (const part of ['train', 'validation', 'test'] as const) {
    const numbers = learningToExecute({ operations: ['number'], part });
    const batch = numbers.sample(Rng.seeded(1), alike(2, { length: 1, nesting: 1 }));
    expect(batch.inputs.shape[0]).toBe(2);
  }
});

it('has the baseline of the frequencies at each place of other answers', () => {
  for (const operations of [undefined, ['sum'] as const]) {
    for (const [length, nesting] of [
      [1, 1],
      [4, 3],
    ] as const) {
      const answers = Array.from({ length: 2000 }, (_, i) => {
        const { output } = generateProgram(Rng.seeded(`other ${i}`), { length, nesting }, { operations });
        return `${output}.`;
      });
      const { nats, right } = guessed(answers.slice(0, 1000), answers.slice(1000));
      const { loss, accuracy } = learningToExecute({ operations }).baseline({ length, nesting });
      expect(Math.abs(loss - nats)).toBeLessThan(0.05);
      expect(Math.abs(accuracy - right)).toBeLessThan(0.03);
    }
  }
});

/** The score of texts under the frequencies at each place of others, with add-½ smoothing. */
function guessed(others: readonly string[], wanted: readonly string[]): { nats: number; right: number } {
  const characters = [...'0123456789-.'];
  const chances: number[][] = [];
  let [nats, right, count] = [0, 0, 0];
  for (const text of wanted) {
    for (const [place, character] of [...text].entries()) {
      chances[place] ??= characters.map((one) => others.filter((other) => other[place] === one).length + 0.5);
      const chance = chances[place];
      const often = chance[characters.indexOf(character)] as number;
      nats -= Math.log(often / chance.reduce((sum, one) => sum + one, 0));
      right += often === Math.max(...chance) ? 1 : 0;
      count += 1;
    }
  }
  return { nats: nats / count, right: right / count };
}

it('refuses invalid options', () => {
  expect(() => learningToExecute({ operations: [] })).toThrow(OptionError);
  expect(() => learningToExecute({ operations: ['power' as Operation] })).toThrow('learningToExecute: operations');
  expect(() => learningToExecute({ part: 'all' as Part })).toThrow('learningToExecute: part');
  const sample = (length: number, nesting: number) => learningToExecute().sample(Rng.seeded(1), [{ length, nesting }]);
  expect(() => sample(3, 50)).toThrow('learningToExecute: nesting: expected a whole number from 1 to 10, got 50.');
  expect(() => sample(0, 1)).toThrow(OptionError);
});
