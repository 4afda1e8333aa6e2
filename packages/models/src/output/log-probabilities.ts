/** The columns of a softmax of two levels: `own` words and a column for each group, and then the words of each group. */
export type TwoLevels = {
  readonly own: number;
  /** How many words each group has. */
  readonly sizes: readonly number[];
  /** The id of each word: the own words, and then those of each group. */
  readonly order: readonly number[];
};

/**
 * What makes log-probabilities [rows·V] by id of the logits [rows·columns] of both levels:
 *
 *   log p(word) = z_word − log Σ exp z of its level, and for the word of a group + log p(group)
 */
export function logProbabilitiesOf({ own, sizes, order }: TwoLevels): (logits: Float32Array) => Float32Array {
  const first = own + sizes.length;
  const vocabSize = order.length;
  const columns = sizes.length + vocabSize;
  let made = new Float32Array(0);
  return (logits) => {
    const rows = logits.length / columns;
    if (made.length !== rows * vocabSize) made = new Float32Array(rows * vocabSize);
    for (let row = 0; row < rows; row++) {
      const z = logits.subarray(row * columns, (row + 1) * columns);
      const to = made.subarray(row * vocabSize, (row + 1) * vocabSize);
      const top = logSumExp(z, 0, first);
      for (let word = 0; word < own; word++) to[order[word] as number] = (z[word] as number) - top;
      let word = own;
      for (const [group, size] of sizes.entries()) {
        const start = sizes.length + word;
        const less = logSumExp(z, start, start + size) - ((z[own + group] as number) - top);
        for (let i = 0; i < size; i++) to[order[word + i] as number] = (z[start + i] as number) - less;
        word += size;
      }
    }
    return made;
  };
}

function logSumExp(z: Float32Array, from: number, to: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) most = Math.max(most, z[i] as number);
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.exp((z[i] as number) - most);
  return most + Math.log(sum);
}
