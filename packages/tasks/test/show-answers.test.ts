import { OptionError, Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { learningToExecute, memorization, parity, showAnswers } from '../src/index.ts';
import { programAlphabet } from '../src/programs/alphabet.ts';

const row = (question: string, answer: string, said: string) => {
  const before = Array<number>(question.length - 1).fill(0);
  const end = [0, 0];
  return {
    inputs: [...programAlphabet.ids(question + answer.slice(0, -1)), ...end],
    targets: [...before, ...programAlphabet.ids(answer), ...end],
    mask: [...before, ...programAlphabet.ids(answer).map(() => 1), ...end],
    said: [...before, ...programAlphabet.ids(said), ...end],
  };
};

it('are shown below the question and the target', () => {
  const rows = [row('c=2060\nprint((c-4387))\n', '-2327.', '-2201.'), row('print(16)\n', '16.', '16.')];
  const of = (name: 'inputs' | 'targets' | 'mask' | 'said') => rows.map((each) => each[name]);
  const batch = { inputs: of('inputs'), targets: of('targets'), mask: of('mask') };
  const text = showAnswers(learningToExecute(), batch, { naive: of('said'), combined: of('targets') });
  expect(text).toBe(`Input:     c=2060
           print((c-4387))
Target:    -2327.
naive:     -2201.
combined:  -2327.

Input:     print(16)
Target:    16.
naive:     16.
combined:  16.
`);
});

it('are shown as a task samples them', async () => {
  const task = memorization({ reversed: true });
  const { inputs, targets, mask } = task.sample(Rng.seeded(1), [{ length: 2 }, { length: 4 }]);
  const read = async (tensor: unknown) => (await (tensor as typeof inputs).array()) as number[][];
  const text = showAnswers(task, { inputs: await read(inputs), targets: await read(targets), mask: await read(mask) });
  expect(text).toMatch(
    /^Input: {3}(\d)(\d)\.\nTarget: {2}\2\1\.\n\nInput: {3}(\d)(\d)(\d)(\d)\.\nTarget: {2}\6\5\4\3\.\n$/,
  );
});

it('are refused for other tasks', () => {
  expect(() => showAnswers(parity(), { inputs: [], targets: [] })).toThrow(OptionError);
  expect(() => showAnswers(parity(), { inputs: [], targets: [] })).toThrow('parity');
});
