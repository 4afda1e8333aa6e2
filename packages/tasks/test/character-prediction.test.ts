import { DataError, Rng, type Task } from '@elman/core';
import { describeTask } from '@elman/testkit';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { alike, type CharacterPredictionOptions, characterPrediction } from '../src/index.ts';

const text = 'abcabd'.repeat(80);
const letters = Rng.seeded(1);
const drawn = Array.from({ length: 2000 }, () => 'abcd'[letters.integer(4)]).join('');

describeTask('characterPrediction', () => characterPrediction({ text: drawn }));

type Part = 'train' | 'validation' | 'test';

const partOf = (options: CharacterPredictionOptions, part: Part): Task =>
  characterPrediction(options).part?.(part) as Task;

async function rows(options: CharacterPredictionOptions, part: Part, length: number) {
  const task = partOf(options, part);
  const { inputs, targets, mask } = task.sample(Rng.seeded(1), alike(60, { length }));
  const read = async (ids: unknown, names: readonly string[] = []): Promise<string[]> =>
    (await (ids as Tensor2D).array()).map((row) => row.map((id) => names[id]).join(''));
  return {
    inputs: await read(inputs, task.symbols?.inputs),
    targets: await read(targets, task.symbols?.targets),
    mask: (await (mask as Tensor2D).array())[0],
  };
}

describe('characterPrediction', () => {
  it('reads any piece of the text, each target the character after', async () => {
    const { inputs, targets, mask } = await rows({ text }, 'train', 18);
    expect(new Set(inputs).size).toBe(6);
    inputs.forEach((input, row) => {
      expect(text).toContain(input);
      expect(targets[row]?.slice(0, -1)).toBe(input.slice(1));
    });
    expect(mask).toEqual(Array(18).fill(1));
  });

  it('holds out texts that are given, and scores their second halves', async () => {
    const given = { text, validation: 'xy'.repeat(10), test: '🙂z'.repeat(10) };
    expect(new Set((await rows(given, 'validation', 16)).inputs)).toEqual(new Set(['xy'.repeat(8), 'yx'.repeat(8)]));
    const test = await rows(given, 'test', 17);
    expect(new Set(test.inputs)).toEqual(new Set([`${'🙂z'.repeat(8)}🙂`, `${'z🙂'.repeat(8)}z`]));
    expect(test.mask).toEqual([...Array(8).fill(0), ...Array(9).fill(1)]);
  });

  it('holds out the last two twentieths by default', async () => {
    const split = { text: `${'a'.repeat(360)}${'b'.repeat(20)}${'c'.repeat(20)}` };
    for (const [part, letter] of Object.entries({ train: 'a', validation: 'b', test: 'c' })) {
      expect((await rows(split, part as Part, 16)).inputs[0]).toBe(letter.repeat(16));
    }
  });

  it('knows what frequencies and one character before would score', () => {
    // Of abcabd a third is a and a third b, a sixth c and d. After a comes b, after b either c or d, then a.
    const test = `${'abcabd'.repeat(50)}a`;
    const task = partOf({ text: 'abcabd'.repeat(5000), validation: test, test }, 'test');
    const { loss, accuracy } = task.baseline({ length: 16 });
    expect(loss).toBeCloseTo((2 / 3) * Math.log(3) + (1 / 3) * Math.log(6), 2);
    expect(accuracy).toBeCloseTo(1 / 3, 2);
    const bound = Math.LN2 / 3;
    expect(task.solved.rule).toBe(`loss below ${bound.toFixed(3)}, what one character says of the next`);
    expect(task.solved.holds({ loss: bound - 0.001, accuracy: 0 })).toBe(true);
    expect(task.solved.holds({ loss: bound + 0.001, accuracy: 1 })).toBe(false);
  });

  it.each([
    [{ text: 'a' }, 'test: expected 17 characters or more, got 0; give a longer text, or a test text of its own.'],
    [{ text: 'a', validation: text, test: text }, 'train: expected 17 characters or more, got 1.'],
    [{ text, validation: 'a' }, 'validation: expected 17 characters or more, got 1.'],
  ])('refuses %j', (options, message) => {
    expect(() => characterPrediction(options)).toThrow(new DataError(`characterPrediction: ${message}`));
  });
});
