import { OptionError, type Rng, type Tree } from '@elman/core';
import {
  add,
  concat,
  gather,
  logSoftmax,
  notEqual,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Loss, MaskOption } from './masked.ts';

/** A softmax of two levels: groups of words, and the words of each. */
export interface HierarchicalSoftmax<P extends Tree> {
  readonly name: string;
  readonly inputSize: number;
  readonly vocabSize: number;
  /** The ids, group after group. */
  readonly order: readonly number[];
  /** How many words each group has. */
  readonly sizes: readonly number[];
  init(rng: Rng): P;
  /** x […, inputSize] → log p […, vocabSize] of each id. */
  logProbabilities<T extends Tensor>(params: P, x: T): T;
  /** The mean −log p(id) over unmasked targets: x […, inputSize], ids int32 […], mask […]. */
  loss(params: P, x: Tensor, ids: Tensor, options?: MaskOption): Loss;
}

/** Words that share one logit of the first level: their logits [rows, words], and which one that is. */
export type WordGroup = { readonly logits: Tensor; readonly parent: number };

/**
 * Log-probabilities of a softmax of two levels, [rows, V]:
 *
 *   log p(word) = logSoftmax(first)[parent] + logSoftmax(logits of its group)[word]
 *
 * @param first logits [rows, groups], with words of their own before them if there are any.
 * @param places of each id among the words of `first` and then of each group.
 * @param own how many words of their own `first` begins with; default: none.
 */
export function joinedLogProbabilities(
  first: Tensor2D,
  groups: readonly WordGroup[],
  places: readonly number[],
  own = 0,
): Tensor2D {
  const top: Tensor2D = logSoftmax(first);
  const [rows] = first.shape;
  const parts = groups.map(({ logits, parent }) =>
    add(logSoftmax(logits as Tensor2D), slice(top, [0, parent], [rows, 1])),
  );
  const all = concat([...(own > 0 ? [slice(top, [0, 0], [rows, own])] : []), ...parts] as Tensor2D[], 1);
  return places.every((place, id) => place === id) ? all : gather(all, tensor1d([...places], 'int32'), 1);
}

/** The place of each id in an order of them all. @throws {OptionError} if that is none. */
export function placesOf(where: string, order: readonly number[], vocabSize: number): number[] {
  const places = Array<number>(vocabSize).fill(-1);
  order.forEach((id, place) => {
    places[id] = place;
  });
  if (order.length === vocabSize && places.length === vocabSize && !places.includes(-1)) return places;
  throw new OptionError(`${where}: order: expected each of 0 to ${vocabSize - 1} once, got ${order.length} numbers.`);
}

/** What a table has for each id: int32 [rows]; for the first id where the mask is 0, whatever the id there. */
export function looked(
  table: readonly number[],
  { ids, mask }: { readonly ids: Tensor1D; readonly mask: Tensor | undefined },
): Tensor1D {
  const known = mask === undefined ? ids : where(notEqual(mask, 0), ids, zerosLike(ids));
  return gather(tensor1d([...table], 'int32'), known);
}
