import { type Difficulty, Rng, type Task } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** A row of a string task in symbols: the question and the answer. */
export interface AskedRow {
  readonly string: readonly string[];
  readonly answer: readonly string[];
  /** Number of frames for the answer. */
  readonly room: number;
}

/** Sampled rows. Throws if anything but an answer counts, or if padding is not zero. */
export async function asked(task: Task, rows: readonly Difficulty[], seed: number | string = 1): Promise<AskedRow[]> {
  const { inputs, targets, mask, inputMask } = task.sample(Rng.seeded(seed), rows);
  const read = async (tensor: unknown) => (await (tensor as Tensor2D | undefined)?.array()) as number[][] | undefined;
  const [ids, wanted, counts, frames] = await Promise.all([inputs, targets, mask, inputMask].map(read));
  const { symbols } = task as Required<Task>;
  const empty = symbols.inputs.indexOf('_');
  return rows.map((_, row) => {
    const input = ids?.[row] as number[];
    const target = wanted?.[row] as number[];
    const count = counts?.[row] as number[];
    const end = (frames?.[row]?.lastIndexOf(1) ?? input.length - 1) + 1;
    const first = input.indexOf(empty);
    const answered = count.lastIndexOf(1) + 1;
    const isWellFormed =
      first >= 1 &&
      input.every((id, t) => (t >= first && t < end ? id === empty : t < first ? id !== empty : id === 0)) &&
      count.every((one, t) => one === (t >= first && t < answered ? 1 : 0)) &&
      target.every((id, t) => count[t] === 1 || id === 0) &&
      (frames?.[row] ?? []).every((one, t) => one === (t < end ? 1 : 0)) &&
      answered <= end;
    if (!isWellFormed) throw new Error(`${task.name}: row ${row} is not of the form: ${input.join()} ${count.join()}`);
    return {
      string: input.slice(0, first).map((id) => symbols.inputs[id] as string),
      answer: target.slice(first, answered).map((id) => symbols.targets[id] as string),
      room: end - first,
    };
  });
}
