/** A language model over token ids that gives the probability of every next token. */
export interface CountingModel {
  readonly order: number;
  /** P(token | context): the last order − 1 ids of the context count. */
  probability(context: ArrayLike<number>, token: number): number;
}

/** The counts of the tokens after one context, and the interpolation weight γ of the lower order. */
interface Following {
  readonly counts: Map<number, number>;
  total: number;
  /** Number of tokens that followed once, twice, three times or more. */
  readonly distinct: [number, number, number];
}

/**
 * Interpolated Kneser–Ney smoothing with three discounts per order.
 *
 *   P(w | u) = (c(u·w) − D(c(u·w)))⁺ / c(u·) + γ(u)·P(w | u without its first token)
 *   γ(u)     = (D₁·N₁(u·) + D₂·N₂(u·) + D₃·N₃₊(u·)) / c(u·)
 *   Y = n₁/(n₁ + 2·n₂),  D₁ = 1 − 2Y·n₂/n₁,  D₂ = 2 − 3Y·n₃/n₂,  D₃ = 3 − 4Y·n₄/n₃
 *
 * c counts occurrences at the highest order and distinct left neighbours below it; the lowest order is interpolated with
 * the uniform distribution, so every token has a positive probability.
 *
 * @see Kneser & Ney 1995; the three discounts: Chen & Goodman 1999
 */
export function kneserNey(ids: Int32Array, vocabSize: number, order = 3): CountingModel {
  const tables = countTables(ids, vocabSize, order);
  const discounts = tables.map(discountsOf);
  return {
    order,
    probability(context, token) {
      let probability = 1 / vocabSize;
      let key = 0;
      for (let length = 0; length < order; length++) {
        if (length > context.length) break;
        if (length > 0) key += (context[context.length - length] as number) * vocabSize ** (length - 1);
        const following = tables[length]?.get(key);
        if (following === undefined) break;
        const discount = discounts[length] as number[];
        const count = following.counts.get(token) ?? 0;
        const kept = count === 0 ? 0 : count - (discount[Math.min(count, 3) - 1] as number);
        const freed = following.distinct.reduce((sum, n, i) => sum + n * (discount[i] as number), 0);
        probability = (kept + freed * probability) / following.total;
      }
      return probability;
    },
  };
}

/** Mean −log₂ P of each id given the previous ones (the first one given nothing). */
export function bitsPerToken(model: CountingModel, ids: Int32Array): number {
  let bits = 0;
  for (let i = 0; i < ids.length; i++) {
    const context = ids.subarray(Math.max(0, i - model.order + 1), i);
    bits -= Math.log2(model.probability(context, ids[i] as number));
  }
  return bits / ids.length;
}

/** One table per context length: context (as a number in base vocabSize, latest token lowest) → its followers. */
function countTables(ids: Int32Array, vocabSize: number, order: number): Map<number, Following>[] {
  if (vocabSize ** order > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`kneserNey: order ${order} over ${vocabSize} tokens is too much; use a lower order.`);
  }
  const tables = Array.from({ length: order }, () => new Map<number, Following>());
  for (let i = 0; i < ids.length; i++) {
    const token = ids[i] as number;
    let key = 0;
    for (let length = 1; length < order && length <= i; length++) {
      key += (ids[i - length] as number) * vocabSize ** (length - 1);
    }
    if (i >= order - 1) count(tables[order - 1] as Map<number, Following>, key, token, 1);
  }
  for (let length = order - 2; length >= 0; length--) {
    const higher = tables[length + 1] as Map<number, Following>;
    for (const [key, { counts }] of higher) {
      const shorter = key % vocabSize ** length;
      for (const token of counts.keys()) count(tables[length] as Map<number, Following>, shorter, token, 1);
    }
  }
  for (const table of tables) {
    for (const following of table.values()) {
      for (const n of following.counts.values()) following.distinct[Math.min(n, 3) - 1] = 1 + distinctOf(following, n);
    }
  }
  return tables;
}

const distinctOf = (following: Following, n: number): number => following.distinct[Math.min(n, 3) - 1] as number;

function count(table: Map<number, Following>, key: number, token: number, by: number): void {
  let following = table.get(key);
  if (following === undefined) {
    following = { counts: new Map(), total: 0, distinct: [0, 0, 0] };
    table.set(key, following);
  }
  following.counts.set(token, (following.counts.get(token) ?? 0) + by);
  following.total += by;
}

function discountsOf(table: Map<number, Following>): number[] {
  const n = [0, 0, 0, 0, 0];
  for (const { counts } of table.values()) {
    for (const c of counts.values()) if (c <= 4) n[c] = (n[c] as number) + 1;
  }
  const [, n1, n2, n3, n4] = n as [number, number, number, number, number];
  const y = n1 / (n1 + 2 * n2);
  const formula = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
  // A table too small to estimate a discount from gets the conventional one half.
  return formula.map((d, i) => (Number.isFinite(d) && d > 0 && d < i + 1 ? d : 0.5));
}
