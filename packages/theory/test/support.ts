import { Rng, type Task, type Tree } from '@elman/core';
import { taskModel } from '@elman/models';
import { alike, bits, defineTask } from '@elman/tasks';
import { tensor2d } from '@tensorflow/tfjs-core';
import type { HandSetNet } from '../src/index.ts';

/** The accuracy of a net over this many rows of a length. */
export async function accuracyOf<P extends Tree, S extends Tree>(
  { cell, params }: HandSetNet<P, S>,
  task: Task,
  { rows, length, seed = 1 }: { readonly rows: number; readonly length: number; readonly seed?: number },
): Promise<number> {
  const batch = task.sample(Rng.seeded(seed), alike(rows, { length }));
  const [accuracy] = await task.accuracy(taskModel(cell, task).outputs(params, batch), batch).data();
  return accuracy as number;
}

/** Whether a net's logits for rows of ids are above 0, at every frame. */
export async function saidOf<P extends Tree, S extends Tree>(
  { cell, params }: HandSetNet<P, S>,
  task: Task,
  rows: readonly (readonly number[])[],
): Promise<boolean[][]> {
  const inputs = tensor2d(rows as number[][], undefined, 'int32');
  const outputs = taskModel(cell, task).outputs(params, { inputs, targets: inputs });
  const logits = (await outputs.array()) as number[][][];
  return logits.map((row) => row.map((frame) => (frame.at(-1) as number) > 0));
}

/** All strings of this many bits. */
export function allStrings(length: number): number[][] {
  return Array.from({ length: 2 ** length }, (_, n) => Array.from({ length }, (_, i) => (n >> i) & 1));
}

/** A task of deciding at every frame whether a property holds for the ids so far. */
function saying(
  name: string,
  draw: (rng: Rng, length: number) => number[],
  judge: (read: readonly number[]) => boolean[],
): Task {
  return defineTask({
    name,
    inputSize: 2,
    outputSize: 1,
    easiest: { length: 1 },
    scoring: bits,
    example(rng, { length }) {
      const inputs = draw(rng, length);
      return { inputs, targets: judge(inputs).map((holds) => [holds ? 1 : 0]) };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}

/** At every frame, whether there are more ones than zeros. */
export function hasMoreOnes(read: readonly number[]): boolean[] {
  let ones = 0;
  return read.map((bit, t) => {
    ones += bit;
    return 2 * ones > t + 1;
  });
}

/** At every frame, whether the prefix is aⁿbⁿ: b begins once, half-way. */
export function isAnbn(read: readonly number[]): boolean[] {
  const begin = read.indexOf(1);
  const again = read.indexOf(0, begin);
  return read.map((_, t) => begin > 0 && t + 1 === 2 * begin && (again < 0 || again > t));
}

/** Bits with about as many ones as zeros. */
export const majority: Task = saying(
  'majority',
  (rng, length) => Array.from({ length }, () => rng.integer(2)),
  hasMoreOnes,
);

/** aⁿbᵐ of a length, in half of the rows with another symbol somewhere. */
export const anbn: Task = saying(
  'anbn',
  (rng, length) => {
    const as = rng.integer(2) === 0 ? Math.floor(length / 2) : rng.integer(length + 1);
    const string = Array.from({ length }, (_, t) => Number(t >= as));
    if (rng.integer(2) === 0) string[rng.integer(length)] = rng.integer(2);
    return string;
  },
  isAnbn,
);
