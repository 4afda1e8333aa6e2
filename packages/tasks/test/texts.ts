import { type Difficulty, Rng, type Task } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** A row of a generative task as text. */
export interface Spelled {
  readonly question: string;
  readonly answer: string;
  /** The inputs after the question. */
  readonly fed: string;
  /** Whether all padding is 0 and masked. */
  readonly isPadded: boolean;
}

/** Sampled rows of a task. */
export async function texts(task: Task, rows: readonly Difficulty[], seed: number | string = 1): Promise<Spelled[]> {
  const { inputs, targets, mask, inputMask } = task.sample(Rng.seeded(seed), rows);
  const read = async (tensor: unknown) => (await (tensor as Tensor2D | undefined)?.array()) as number[][];
  const [asked, wanted, counts, frames] = await Promise.all([inputs, targets, mask, inputMask].map(read));
  const spell = (ids: readonly number[]): string => ids.map((id) => task.symbols?.inputs[id]).join('');
  return rows.map((_, row) => {
    const count = counts?.[row] as number[];
    const frame = frames?.[row] ?? count.map(() => 1);
    const end = frame.lastIndexOf(1) + 1;
    const first = count.indexOf(1);
    const input = asked?.[row] as number[];
    const target = wanted?.[row] as number[];
    return {
      question: spell(input.slice(0, first + 1)),
      answer: spell(target.filter((_, t) => count[t] === 1)),
      fed: spell(input.slice(first + 1, end)),
      isPadded:
        frame.every((one, t) => one === (t < end ? 1 : 0)) &&
        count.every((one, t) => one === (t >= first && t < end ? 1 : 0)) &&
        [...input.slice(end), ...target.slice(end)].every((id) => id === 0),
    };
  });
}
