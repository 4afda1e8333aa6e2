import { type Rng, type TokenModel, type TokenSession, type TokenStep, tree } from '@elman/core';
import {
  add,
  cast,
  div,
  equal,
  expandDims,
  gather,
  mod,
  mul,
  squeeze,
  sum,
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

/** Normal numbers, so that no two hypotheses tie. */
export function randomTable(rng: Rng, vocabSize: number, deviation = 1.5): number[][] {
  return Array.from({ length: vocabSize ** 2 }, () =>
    Array.from({ length: vocabSize }, () => rng.normal(0, deviation)),
  );
}

/** The same model in sessions that share one memory, like compiled ones. */
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
          const sum = Math.log(row.reduce((total, z) => total + Math.exp(z), 0));
          normalizers[i] = Number.isFinite(sum) ? sum : Number.NaN;
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

/** The last token and the frame attended to, which advances at each step: numbers [batch, 1] each. */
export type Looking = Last & { readonly at: Tensor2D };

/**
 * The table times a factor of each source, and attention that moves over the frames of the source, whose mask [sources,
 * length] is 1 where there is one: at step t (1 − spread) of it is at frame t mod length, the rest everywhere else.
 */
export function lookingModel(
  table: readonly (readonly number[])[],
  factors: readonly number[],
  mask: readonly (readonly number[])[],
  spread = 0.4,
): TokenModel<Looking> & { readonly context: { readonly factors: Tensor2D; readonly mask: Tensor2D } } {
  const model = tableModel(table);
  const context = { factors: tensor2d(factors.map((factor) => [factor])), mask: tensor2d(mask.map((row) => [...row])) };
  return {
    ...model,
    context,
    initialState: (batchSize) => ({ ...model.initialState(batchSize), at: zeros([batchSize, 1]) }),
    next({ last, at }, tokens, given = context) {
      return tree.tidy(() => {
        const { factors: own, mask: real } = given as typeof context;
        const { logits, state } = model.next({ last }, tokens);
        const lengths = sum(real, 1, true);
        const frames = tensor2d([[...Array(real.shape[1]).keys()]]);
        const here = cast(equal(frames, mod(at, lengths)), 'float32');
        const weights = mul(real, add(mul(here, 1 - spread), div(spread, lengths))) as Tensor2D;
        return { logits: mul(logits, own), state: { ...state, at: add(at, 1) as Tensor2D }, weights };
      }) as TokenStep<Looking>;
    },
  };
}
