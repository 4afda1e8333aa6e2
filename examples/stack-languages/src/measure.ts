import { type Batch, Rng, type Task, type Tree, tree } from '@elman/core';
import type { TaskModelParams } from '@elman/models';
import { alike } from '@elman/tasks';
import { all, argMax, cast, equal, logicalOr, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import type { Language } from './languages.ts';
import type { Net } from './nets.ts';

/** Of words of one length: the share that is right in every symbol that can be foretold, and of such symbols. */
export interface Tried {
  readonly length: number;
  readonly words: number;
  readonly symbols: number;
}

/** Tries a net at a length, on words from a seed of their own. */
export async function tryAt(
  { task, rows }: Language,
  net: Net,
  params: TaskModelParams<Tree>,
  length: number,
): Promise<Tried> {
  const batch = task.sample(Rng.seeded('test').fork(length), alike(rows, { length }));
  const { right, accuracy } = tree.tidy(() => {
    const outputs = net(length).outputs(params, batch);
    return { right: wordsRight(outputs, batch), accuracy: task.accuracy(outputs, batch) };
  });
  const [words, symbols] = [[...(await right.data())], (await accuracy.data())[0] as number];
  tree.dispose([right, accuracy, ...(Object.values(batch) as Tree[]).filter((part) => part !== undefined)]);
  return { length, words: words.reduce((sum, one) => sum + one, 0) / rows, symbols };
}

/** [batch]: 1 where all that counts is right. */
function wordsRight(outputs: Parameters<Task['accuracy']>[0], { targets, mask }: Batch): Tensor1D {
  return tidy(() => {
    const right = equal(argMax(outputs, 2), targets);
    return cast(all(mask === undefined ? right : logicalOr(right, equal(mask, 0)), 1), 'float32') as Tensor1D;
  });
}

/** How a net does at all lengths that its language is tried at, the shortest first. */
export async function tryOut(
  language: Language,
  net: Net,
  params: TaskModelParams<Tree>,
  lengths: readonly number[] = lengthsOf(language),
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const length of lengths) tried.push(await tryAt(language, net, params, length));
  return tried;
}

/** All lengths up to some, and then a few. */
export function lengthsOf({ every, lengths }: Language): number[] {
  return [...Array.from({ length: every }, (_, i) => i + 1), ...lengths];
}

/** The first length at which a word is wrong; none, if all are right. */
export function firstWrong(tried: readonly Tried[]): number | undefined {
  return tried.find(({ words }) => words < 1)?.length;
}
