import { Rng, type TokenModel, tree } from '@elman/core';
import { add, gather, matMul, type Tensor2D, tanh, tensor2d, zeros } from '@tensorflow/tfjs-core';

/** h: [batch, size] */
export type Hidden = { readonly h: Tensor2D };

/** table [V, E], kernel [E, H], recurrentKernel [H, H], output [H, V]. */
export type Weights = { readonly [name in 'table' | 'kernel' | 'recurrentKernel' | 'output']: number[][] };

/** h' = tanh(table[token]·kernel + h·recurrentKernel (+ context)), logits h'·output; its steps have features. */
export function recurrentModel(weights: Weights, context?: { readonly bias: Tensor2D }): TokenModel<Hidden> {
  const [vocabSize, size] = [weights.table.length, weights.recurrentKernel.length];
  return {
    vocabSize,
    ...(context ? { context } : {}),
    initialState: (batchSize) => ({ h: zeros([batchSize, size]) }),
    next({ h }, tokens, given = context) {
      return tree.tidy(() => {
        const inputs = matMul(gather(tensor2d(weights.table), tokens), tensor2d(weights.kernel));
        const sums: Tensor2D = add(inputs, matMul(h, tensor2d(weights.recurrentKernel)));
        const { bias } = (given ?? {}) as { bias?: Tensor2D };
        const features: Tensor2D = tanh(bias === undefined ? sums : add(sums, bias));
        return {
          logits: matMul(features, tensor2d(weights.output)) as Tensor2D,
          state: { h: features.clone() },
          features,
        };
      });
    },
  };
}

/** Normal numbers. */
export function randomWeights(seed: number | string, V = 7, E = 3, H = 4): Weights {
  const rng = Rng.seeded(seed);
  const matrix = (rows: number, columns: number, deviation: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.normal(0, deviation)));
  return {
    table: matrix(V, E, 1),
    kernel: matrix(E, H, 0.7),
    recurrentKernel: matrix(H, H, 0.6),
    output: matrix(H, V, 2),
  };
}
