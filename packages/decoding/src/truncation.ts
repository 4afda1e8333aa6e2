import { OptionError } from '@elman/core';
import { maximum } from './highest.ts';
import { keepMass } from './mass.ts';
import type { LogitsProcessor } from './processors.ts';

/**
 * Nucleus: keeps the fewest tokens, most likely first, whose probabilities sum to p or more; ties: lower
 * ids. The most likely token always remains.
 *
 * @throws {OptionError} if p is not above 0 and at most 1.
 * @see Holtzman et al. 2020
 */
export function topP(p: number): LogitsProcessor {
  expectShare('topP', p);
  if (p === 1) return (logits) => logits.slice();
  return (logits) => {
    const { weights, total } = exponentials(logits);
    return keepMass(
      logits,
      Float64Array.from(logits, (z) => -z),
      weights,
      p * total,
    );
  };
}

/**
 * Typical: keeps the fewest tokens, those first whose information is closest to the entropy H, whose probabilities sum to `mass` or
 * more; ties: lower ids. The most likely token may be dropped.
 *
 *   |−log pᵢ − H|      H = −Σ pᵢ log pᵢ
 *
 * @throws {OptionError} if mass is not above 0 and at most 1.
 * @see Meister et al. 2022, locally typical sampling
 */
export function typical(mass: number): LogitsProcessor {
  expectShare('typicalP', mass);
  if (mass === 1) return (logits) => logits.slice();
  return (logits) => {
    const { weights, total, highest } = exponentials(logits);
    const normalizer = highest + Math.log(total);
    let entropy = 0;
    for (let i = 0; i < logits.length; i++) {
      const weight = weights[i] as number;
      if (weight > 0) entropy += (weight / total) * (normalizer - (logits[i] as number));
    }
    return keepMass(
      logits,
      Float64Array.from(logits, (z) => Math.abs(normalizer - z - entropy)),
      weights,
      mass * total,
    );
  };
}

/**
 * Keeps the tokens that are at least p times as likely as the most likely one, which always remains.
 *
 * @throws {OptionError} if p is not from 0 to 1.
 * @see Nguyen et al. 2024
 */
export function minP(p: number): LogitsProcessor {
  if (!(p >= 0 && p <= 1)) throw new OptionError(`decoding: minP: expected a number from 0 to 1, got ${p}.`);
  return (logits) => {
    const least = maximum(logits) + Math.log(p);
    return logits.map((z) => (z >= least ? z : Number.NEGATIVE_INFINITY));
  };
}

/** exp(zᵢ − max z), their sum, and that maximum. */
function exponentials(logits: Float32Array): {
  readonly weights: Float64Array;
  readonly total: number;
  readonly highest: number;
} {
  const highest = maximum(logits);
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp((logits[i] as number) - highest);
    weights[i] = weight;
    total += weight;
  }
  return { weights, total, highest };
}

function expectShare(option: string, share: number): void {
  if (share > 0 && share <= 1) return;
  throw new OptionError(`decoding: ${option}: expected a number above 0 up to 1, got ${share}.`);
}
