import { type Difficulty, OptionError, Rng, type Task } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import { alike, anbn, anbncn, dyckWords } from '../src/index.ts';

// The baseline of the first two sees a letter but does not count; it is tested below.
describeTask('anbn', anbn, { difficulty: { length: 3 }, baseline: false, random: false });
describeTask('anbncn', anbncn, { difficulty: { length: 3 }, baseline: false, random: false });
describeTask('dyckWords', dyckWords, { difficulty: { length: 4 } });
describeTask('dyckWords of one kind', () => dyckWords({ kinds: 1 }), { difficulty: { length: 3 } });

/** Rows in symbols, the targets only where they count. */
async function read(task: Task, rows: readonly Difficulty[]): Promise<{ inputs: string[]; targets: string[] }[]> {
  const { inputs, targets, mask, inputMask } = task.sample(Rng.seeded(1), rows);
  const { symbols } = task as Required<Task>;
  const [ids, wanted] = (await Promise.all([inputs.array(), targets.array()])) as [number[][], number[][]];
  const [counts, frames] = [await mask?.array(), await inputMask?.array()];
  return rows.map((_, i) => ({
    inputs: (ids[i] ?? []).filter((_, t) => frames?.[i]?.[t] !== 0).map((id) => symbols.inputs[id] as string),
    targets: (wanted[i] ?? []).flatMap((id, t) => (counts?.[i]?.[t] === 0 ? [] : [symbols.targets[id] as string])),
  }));
}

it('has the predictable symbols of aⁿbⁿ and aⁿbⁿcⁿ as targets, in rows of different lengths', async () => {
  const rows = [{ length: 3 }, { length: 1 }];
  const [ab, abc] = [await read(anbn(), rows), await read(anbncn(), rows)];
  expect(ab.map(({ inputs }) => inputs.join(''))).toEqual(['aaabbb', 'ab']);
  expect(ab.map(({ targets }) => targets.join(' '))).toEqual(['b b end', 'end']);
  expect(abc.map(({ inputs }) => inputs.join(''))).toEqual(['aaabbbccc', 'abc']);
  expect(abc.map(({ targets }) => targets.join(' '))).toEqual(['b b c c c end', 'c end']);
});

it('has the baseline that sees a letter but does not count', async () => {
  for (const task of [anbn(), anbncn()]) {
    for (const length of [1, 2, 7]) {
      const [row] = await read(task, [{ length }]);
      const after = new Map<string, string[]>();
      const counted = (row?.inputs ?? []).filter((letter) => letter !== 'a');
      for (const [t, letter] of counted.entries()) {
        after.set(letter, [...(after.get(letter) ?? []), row?.targets[t] as string]);
      }
      let [loss, right] = [0, 0];
      for (const follows of after.values()) {
        const often = [...new Set(follows)].map((symbol) => follows.filter((other) => other === symbol).length);
        for (const count of often) loss -= count * Math.log(count / follows.length);
        right += Math.max(...often);
      }
      const { loss: wanted, accuracy } = task.baseline({ length });
      expect(wanted).toBeCloseTo(loss / counted.length, 9);
      expect(accuracy).toBeCloseTo(right / counted.length, 9);
    }
  }
});

it('has the bracket of Dyck words that may be closed as target, and draws words uniformly', async () => {
  const task = dyckWords({ kinds: 3 });
  for (const { inputs, targets } of await read(task, alike(50, { length: 9 }))) {
    const closing: string[] = [];
    for (const [t, bracket] of inputs.entries()) {
      const pair = ['()', '[]', '{}'].find(([left]) => left === bracket);
      if (pair !== undefined) closing.push(pair[1] as string);
      else expect(closing.pop()).toBe(bracket);
      expect(targets[t]).toBe(closing.at(-1) ?? 'end');
    }
    expect(inputs).toHaveLength(18);
    expect(closing).toHaveLength(0);
  }
  const often = new Map<string, number>();
  for (const { inputs } of await read(dyckWords({ kinds: 1 }), alike(2800, { length: 4 }))) {
    often.set(inputs.join(''), (often.get(inputs.join('')) ?? 0) + 1);
  }
  expect(often.size).toBe(14);
  for (const count of often.values()) expect(Math.abs(count - 200)).toBeLessThan(60);
});

it('has finite baselines for long words', () => {
  const { loss, accuracy } = dyckWords().baseline({ length: 2000 });
  expect(loss).toBeGreaterThan(Math.LN2);
  expect(loss).toBeLessThan(Math.log(3));
  expect(accuracy).toBeCloseTo(0.5, 1);
});

it('is solved only if every symbol is right', () => {
  const { holds } = anbn().solved;
  expect([holds({ loss: 0, accuracy: 1 }), holds({ loss: 0.1, accuracy: 0.9999 })]).toEqual([true, false]);
});

it('names the kinds in its error', () => {
  expect(() => dyckWords({ kinds: 5 })).toThrow('dyckWords: kinds: expected at most 4, got 5.');
  expect(() => dyckWords({ kinds: 0 })).toThrow(OptionError);
});
