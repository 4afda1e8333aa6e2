import { OptionError, type TokenModel, type Tree } from '@elman/core';
import { add, exp, log, logSoftmax, maximum as maximumOf, mul, sub, type Tensor2D } from '@tensorflow/tfjs-core';
import { logSumExp } from '../beam/reading.ts';
import { maximum } from '../highest.ts';
import { type Combination, combine } from './members.ts';

/** Options of an ensemble. */
export interface EnsembleOptions {
  /** The averaged quantity; `probabilities` by default. The mean of `logProbabilities` is unnormalised; decoders normalise it. */
  readonly mean?: 'probabilities' | 'logProbabilities' | undefined;
  /** Weights of the models, above 0; they are divided by their sum. By default equal. A share below 2⁻¹²⁶ counts as 0. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Several models over one vocabulary as one, for any decoder.
 *
 *   probabilities      p(y) = Σ wᵢ pᵢ(y)
 *   logProbabilities   log p(y) = Σ wᵢ log pᵢ(y) + constant
 *
 * A step gives no `features`; its `weights` are the mean of those of the models, if all give some over sources of one length. Sessions are
 * opened if every model does. The caller disposes of the models.
 * @throws {OptionError} without a model, for models of several vocabularies or over different sources, for invalid weights.
 */
export function ensemble(
  models: readonly TokenModel<Tree>[],
  { mean = 'probabilities', weights }: EnsembleOptions = {},
): TokenModel<readonly Tree[]> {
  if (models.length === 0) throw new OptionError('ensemble: models: expected one or more, got none.');
  const combination = Object.hasOwn(combinations, mean) ? combinations[mean] : undefined;
  if (combination === undefined) {
    throw new OptionError(`ensemble: mean: expected ${Object.keys(combinations).join(' or ')}, got ${mean}.`);
  }
  return combine('ensemble', models, combination(sharesOf(models.length, weights)));
}

function sharesOf(count: number, weights: readonly number[] = Array<number>(count).fill(1)): number[] {
  if (weights.length !== count) {
    throw new OptionError(`ensemble: weights: expected ${count}, one for each model, got ${weights.length}.`);
  }
  const bad = weights.find((weight) => !(weight > 0 && weight < Number.POSITIVE_INFINITY));
  if (bad !== undefined) throw new OptionError(`ensemble: weights: expected positive numbers, got ${bad}.`);
  // The largest first: a sum of large weights leaves the numbers.
  const largest = Math.max(...weights);
  const total = weights.reduce((sum, weight) => sum + weight / largest, 0);
  return weights.map((weight) => {
    const share = weight / largest / total;
    return share < LEAST_SHARE ? 0 : share;
  });
}

/** The smallest normal float32: a model of a lesser share is ignored, and does not turn −∞ into NaN. */
const LEAST_SHARE = 2 ** -126;

const combinations: Readonly<Record<string, (shares: readonly number[]) => Combination>> = {
  logProbabilities: (shares) => ({
    shares,
    tensors: (logits) =>
      sum(logits.flatMap((z, i) => (shares[i] === 0 ? [] : [mul(logSoftmax(z), shares[i] as number) as Tensor2D]))),
    numbers(rows, out) {
      out.fill(0);
      for (const [i, row] of rows.entries()) {
        const share = shares[i] as number;
        if (share === 0) continue;
        const normalizer = logSumExp(row);
        for (let j = 0; j < out.length; j++) out[j] = (out[j] as number) + share * ((row[j] as number) - normalizer);
      }
    },
  }),
  probabilities: (shares) => ({
    shares,
    tensors(logits) {
      const logs = logits.map((z, i): Tensor2D => add(logSoftmax(z), Math.log(shares[i] as number)));
      // −∞ − −∞ is NaN: where a token is forbidden by all, the shift is finite.
      const shift = maximumOf(
        logs.reduce((a, b) => maximumOf(a, b)),
        -1e30,
      ) as Tensor2D;
      return add(log(sum(logs.map((z) => exp(sub(z, shift))))), shift);
    },
    numbers(rows, out) {
      const total = new Float64Array(out.length);
      const own = new Float64Array(out.length);
      for (const [i, row] of rows.entries()) {
        const highest = maximum(row);
        let whole = 0;
        for (let j = 0; j < row.length; j++) {
          own[j] = Math.exp((row[j] as number) - highest);
          whole += own[j] as number;
        }
        const scale = (shares[i] as number) / whole;
        for (let j = 0; j < row.length; j++) total[j] = (total[j] as number) + scale * (own[j] as number);
      }
      for (let j = 0; j < out.length; j++) out[j] = Math.log(total[j] as number);
    },
  }),
};

const sum = (parts: readonly Tensor2D[]): Tensor2D => parts.reduce((a, b) => add(a, b));
