import {
  add,
  cast,
  concat,
  denseBincount,
  div,
  expandDims,
  maximum,
  mul,
  notEqual,
  range,
  reshape,
  scalar,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/**
 * Sentences as weighted bags of words, so that their embeddings are one product with a table. The encoding of positions is
 *
 *   Σⱼ lⱼ ∘ e(wordⱼ),   lⱼₖ = (1 − j/J) − (k/d)·(1 − 2j/J)      j = 1 … J words, k = 1 … d
 *
 * which is linear in k/d: with aⱼ = 1 − j/J and bⱼ = 2j/J − 1 it is Σⱼ aⱼ·e(wordⱼ) + Σⱼ bⱼ·(e(wordⱼ) ∘ k/d). So a bag has three parts:
 * [a by word | b by word | 1 by time], the second and third only where there are such encodings.
 *
 * ids int32 [n, words], 0 is padding; `times` and `real`: the slot of each sentence, int32 [n], and 1 where there is one, [n].
 * A bag of padding is 0. Bags are constants, without a gradient.
 */
export function bagsOf(
  ids: Tensor2D,
  vocabSize: number,
  positionEncoding: boolean,
  time?: { readonly times: Tensor; readonly real: Tensor; readonly memorySize: number },
): Tensor2D {
  const isWord = cast(notEqual(ids, 0), 'float32');
  const kinds: Tensor[] = [ids];
  const weights: Tensor[] = [isWord];
  if (positionEncoding) {
    const words = maximum(sum(isWord, 1, true), 1);
    const places = div(reshape(range(1, (ids.shape[1] as number) + 1), [1, -1]), words);
    weights[0] = mul(isWord, sub(1, places));
    weights.push(mul(isWord, sub(mul(places, 2), 1)));
    kinds.push(add(ids, scalar(vocabSize, 'int32')));
  }
  const parts = kinds.length;
  if (time !== undefined) {
    kinds.push(expandDims(add(time.times, scalar(parts * vocabSize, 'int32')), 1));
    weights.push(expandDims(time.real, 1));
  }
  const size = parts * vocabSize + (time?.memorySize ?? 0);
  return denseBincount(concat(kinds, 1) as Tensor2D, concat(weights, 1) as Tensor2D, size);
}

/** The matrix by which bags are multiplied: [table; table ∘ k/d; times]. `table` may have several embeddings of width d in its columns. */
export function tableOf(table: Tensor2D, embeddingSize: number, positionEncoding: boolean, times?: Tensor2D): Tensor2D {
  const parts: Tensor2D[] = [table];
  if (positionEncoding) {
    const columns = table.shape[1];
    const shares = Array.from({ length: columns }, (_, k) => ((k % embeddingSize) + 1) / embeddingSize);
    parts.push(mul(table, shares));
  }
  if (times !== undefined) parts.push(times);
  return parts.length === 1 ? table : concat(parts, 0);
}
