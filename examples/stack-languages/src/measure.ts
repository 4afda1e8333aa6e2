import { type Batch, Rng, type Sequence, type Tree, tree } from '@elman/core';
import type { TaskModelParams } from '@elman/models';
import { argMax, equal, mul, ones, sum, tidy } from '@tensorflow/tfjs-core';
import type { Language } from './languages.ts';
import type { Net } from './nets.ts';

/** Of words of one length: the share with every predictable symbol right, and the share of such symbols. */
export interface Tried {
  readonly length: number;
  readonly words: number;
  readonly symbols: number;
}

/** Tests a net at some lengths, on words from their own seed, in one batch. */
async function tryTogether(
  { task, rows }: Language,
  net: Net,
  params: TaskModelParams<Tree>,
  lengths: readonly number[],
): Promise<Tried[]> {
  const difficulties = lengths.flatMap((length) => Array.from({ length: rows }, () => ({ length })));
  const batch = task.sample(Rng.seeded('test').fork(lengths.join()), difficulties);
  const counts = tree.tidy(() => countsOf(net(Math.max(...lengths)).outputs(params, batch), batch));
  const [right, asked] = [[...(await counts.right.data())], [...(await counts.asked.data())]];
  tree.dispose([counts, ...(Object.values(batch) as Tree[]).filter((part) => part !== undefined)]);
  const total = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  return lengths.map((length, i) => {
    const [these, wanted] = [right, asked].map((numbers) => numbers.slice(i * rows, (i + 1) * rows)) as [
      number[],
      number[],
    ];
    const words = these.filter((count, row) => count === wanted[row]).length / rows;
    return { length, words, symbols: total(these) / total(wanted) };
  });
}

/** Of each row: the number of predictable symbols that are right, and of all. */
function countsOf(outputs: Sequence, { targets, mask, inputMask }: Batch) {
  return tidy(() => {
    const counted = mask ?? inputMask ?? ones([outputs.shape[0], outputs.shape[1]]);
    return { right: sum(mul(equal(argMax(outputs, 2), targets), counted), 1), asked: sum(counted, 1) };
  });
}

/** The scores of a net at all test lengths of its language, the shortest first. */
export async function tryOut(
  language: Language,
  net: Net,
  params: TaskModelParams<Tree>,
  lengths: readonly number[] = lengthsOf(language),
): Promise<Tried[]> {
  const short = lengths.filter((length) => length <= language.every);
  const groups = [short, ...lengths.filter((length) => length > language.every).map((length) => [length])];
  const tried: Tried[] = [];
  for (const group of groups) {
    if (group.length > 0) tried.push(...(await tryTogether(language, net, params, group)));
  }
  return tried;
}

/** All lengths up to a limit, then a few longer ones. */
export function lengthsOf({ every, lengths }: Language): number[] {
  return [...Array.from({ length: every }, (_, i) => i + 1), ...lengths];
}

/** The first length at which a word is wrong; none, if all are right. */
export function firstWrong(tried: readonly Tried[]): number | undefined {
  return tried.find(({ words }) => words < 1)?.length;
}
