import { type Rng, type TokenModel, type TokenSession, tree } from '@elman/core';
import {
  add,
  cast,
  expandDims,
  gather,
  mul,
  squeeze,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';

/** The last token, as a number [batch, 1]. */
export type Last = { readonly last: Tensor2D };

/** Logits that are a table over the last two tokens; before the first there is a token 0. Row a·V + b: after a, b. */
export function tableModel(table: readonly (readonly number[])[]): TokenModel<Last> {
  const vocabSize = (table[0] as readonly number[]).length;
  return {
    vocabSize,
    initialState: (batchSize) => ({ last: zeros([batchSize, 1]) }),
    next({ last }, tokens) {
      return tree.tidy(() => {
        const now = cast(tokens, 'float32') as Tensor1D;
        const rows = cast(add(mul(squeeze(last, [1]), vocabSize), now), 'int32') as Tensor1D;
        const logits = gather(tensor2d(table.map((row) => [...row])), rows) as Tensor2D;
        return { logits, state: { last: expandDims(now, 1) as Tensor2D } };
      });
    },
  };
}

/** Normal numbers, so that no two hypotheses are equal. */
export function randomTable(rng: Rng, vocabSize: number, deviation = 1.5): number[][] {
  return Array.from({ length: vocabSize ** 2 }, () =>
    Array.from({ length: vocabSize }, () => rng.normal(0, deviation)),
  );
}

/** The same model in sessions, as in compiled ones all of which write to one memory. */
export function inSessions(table: readonly (readonly number[])[], rows = 64): TokenModel<Last> {
  const vocabSize = (table[0] as readonly number[]).length;
  const memory = new Float32Array(rows * vocabSize);
  const found = new Int32Array(rows * vocabSize);
  const normalizers = new Float64Array(rows);
  const open = (batchSize: number): TokenSession => {
    let last = Array.from({ length: batchSize }, () => 0);
    const step = (tokens: readonly number[]): void => {
      for (const [i, b] of tokens.entries()) {
        memory.set(table[(last[i] as number) * vocabSize + b] as readonly number[], i * vocabSize);
      }
      last = [...tokens];
    };
    return {
      next(tokens, wanted) {
        step(tokens);
        return wanted ? memory.subarray(0, tokens.length * vocabSize) : undefined;
      },
      highest(tokens, count) {
        step(tokens);
        const all = memory.slice();
        for (const i of tokens.keys()) {
          const row = all.subarray(i * vocabSize, (i + 1) * vocabSize);
          normalizers[i] = Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0));
          const order = [...row.keys()]
            .sort((a, b) => (row[b] as number) - (row[a] as number) || a - b)
            .slice(0, count);
          found.set(order, i * count);
          memory.set(
            order.map((token) => row[token] as number),
            i * count,
          );
        }
        return { tokens: found, logits: memory, normalizers };
      },
      keep(kept) {
        if (kept.length > batchSize) throw new Error('more rows than at first');
        last = kept.map((row) => last[row] as number);
      },
      dispose: () => memory.fill(Number.NaN),
    };
  };
  return { ...tableModel(table), open };
}
