import { OptionError, type TokenModel, type Tree } from '@elman/core';
import { add, div, fill, greaterEqual, less, logSoftmax, max, sub, type Tensor2D, where } from '@tensorflow/tfjs-core';
import { logSumExp } from '../beam/reading.ts';
import { maximum } from '../highest.ts';
import { combine } from './members.ts';

/** The expert, the amateur, and the options of their contrast. */
export interface ContrastiveDecodingOptions {
  readonly expert: TokenModel<Tree>;
  /** A weaker model of the same vocabulary. */
  readonly amateur: TokenModel<Tree>;
  /** α: only tokens at least this times as likely as the expert's most likely one are plausible. By default 0.1. */
  readonly plausibility?: number | undefined;
  /** τ of the amateur's softmax: below 1 only its most likely tokens are penalised. By default 1. */
  readonly amateurTemperature?: number | undefined;
}

/** Lower bound of a token's log-probability under the amateur. */
const LEAST = -1e4;

/**
 * Contrastive decoding as a model for any decoder, mostly beam search: tokens that an expert finds likelier than an amateur does.
 *
 *   z(y) = log p_expert(y) − log p_amateur(y)      where p_expert(y) ≥ α · max p_expert, −∞ elsewhere
 *
 * Its attention weights are the expert's. It opens sessions if both models do.
 * @throws {OptionError} for models of two vocabularies or over different sources, and invalid options.
 * @see Li et al. 2023, contrastive decoding
 */
export function contrastiveDecoding({
  expert,
  amateur,
  plausibility = 0.1,
  amateurTemperature: T = 1,
}: ContrastiveDecodingOptions): TokenModel<readonly Tree[]> {
  const name = 'contrastiveDecoding';
  if (!(plausibility > 0 && plausibility <= 1)) {
    throw new OptionError(`${name}: plausibility: expected a number above 0 up to 1, got ${plausibility}.`);
  }
  if (!(T > 0 && T < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`${name}: amateurTemperature: expected a positive number, got ${T}.`);
  }
  const cut = Math.log(plausibility);
  return combine(name, [expert, amateur], {
    shares: [1, 0],
    tensors(logits) {
      const [strong, weak] = logits as [Tensor2D, Tensor2D];
      const known = logSoftmax(div(weak, T) as Tensor2D);
      const clipped = where(less(known, LEAST), fill(known.shape, LEAST), known);
      const isPlausible = greaterEqual(strong, add(max(strong, 1, true), cut));
      return where(isPlausible, sub(logSoftmax(strong), clipped), fill(strong.shape, Number.NEGATIVE_INFINITY));
    },
    numbers(rows, out) {
      const [strong, weak] = rows as [Float32Array, Float32Array];
      const least = maximum(strong) + cut;
      const scaled = T === 1 ? weak : weak.map((z) => z / T);
      const [mine, theirs] = [logSumExp(strong), logSumExp(scaled)];
      for (let j = 0; j < out.length; j++) {
        const z = strong[j] as number;
        out[j] = z >= least ? z - mine - Math.max(LEAST, (scaled[j] as number) - theirs) : Number.NEGATIVE_INFINITY;
      }
    },
  });
}
