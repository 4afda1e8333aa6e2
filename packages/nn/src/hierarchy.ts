import { OptionError, type Rng, shown, type Tree } from '@elman/core';
import { hasValuesHere, valuesHere } from '@elman/kernels';
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
 * @param places of each id among the words of `first` and then of each group; undefined if they are the ids.
 * @param own how many words of their own `first` begins with; default: none.
 */
export function joinedLogProbabilities(
  first: Tensor2D,
  groups: readonly WordGroup[],
  places: readonly number[] | undefined,
  own = 0,
): Tensor2D {
  const top: Tensor2D = logSoftmax(first);
  const [rows] = first.shape;
  const parts = groups.map(({ logits, parent }) =>
    add(logSoftmax(logits as Tensor2D), slice(top, [0, parent], [rows, 1])),
  );
  const all = concat([...(own > 0 ? [slice(top, [0, 0], [rows, own])] : []), ...parts] as Tensor2D[], 1);
  return places === undefined ? all : gather(all, tensor1d([...places], 'int32'), 1);
}

/** The place of each id in an order of them all. @throws {OptionError} if that is none. */
export function placesOf(where: string, order: readonly number[], vocabSize: number): number[] {
  const isList = Array.isArray(order) && order.length === vocabSize;
  const places = isList ? Array<number>(vocabSize).fill(-1) : [];
  if (isList) {
    order.forEach((id, place) => {
      places[id] = place;
    });
  }
  if (isList && places.length === vocabSize && !places.includes(-1)) return places;
  throw new OptionError(
    `${where}: order: expected each of 0 to ${vocabSize - 1} once, got ${Array.isArray(order) ? `${order.length} numbers` : shown(order)}.`,
  );
}

/**
 * f of each id: int32 [rows]; of id 0 where the mask is 0, whatever the id there. On the backends cpu and wasm it is
 * called for each row, elsewhere for each id of the vocabulary, and gathered.
 */
export function lookUp(
  f: (id: number) => number,
  { ids, mask, vocabSize }: { readonly ids: Tensor1D; readonly mask: Tensor | undefined; readonly vocabSize: number },
): Tensor1D {
  if (hasValuesHere()) {
    const real = mask && valuesHere(mask);
    return tensor1d(
      Int32Array.from(valuesHere(ids), (id, row) => f(real?.[row] === 0 ? 0 : id)),
      'int32',
    );
  }
  const known = mask === undefined ? ids : where(notEqual(mask, 0), ids, zerosLike(ids));
  return gather(
    tensor1d(
      Int32Array.from({ length: vocabSize }, (_, id) => f(id)),
      'int32',
    ),
    known,
  );
}
