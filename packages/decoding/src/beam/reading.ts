import { OptionError } from '@elman/core';
import { expectLogits } from '../draw.ts';
import { maximum } from '../highest.ts';
import type { LogitsProcessor } from '../processors.ts';

/** The model's output for one row. Valid until the next step. */
export interface Reading {
  /** The tokens of the logits, in descending order of these; undefined: the whole vocabulary. */
  readonly tokens: Int32Array | undefined;
  readonly logits: Float32Array;
  /** log Σ exp of the logits of the whole vocabulary. */
  readonly normalizer: number;
  /** The attention weights. */
  readonly weights?: Float32Array | undefined;
  readonly isProcessed?: boolean | undefined;
}

/** log Σ exp z, in double precision, of numbers with a finite maximum. */
export function logSumExp(logits: Float32Array): number {
  const highest = maximum(logits);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] as number) - highest);
  return highest + Math.log(sum);
}

/** A reading of all logits of a row. */
export function readAll(logits: Float32Array, weights: Float32Array | undefined, row: number, step: number): Reading {
  expectLogits(logits, row, step);
  return { tokens: undefined, logits, normalizer: logSumExp(logits), weights };
}

/** The log-probability of the i-th token of a reading, at most 0 despite rounding, unless a processor has raised it. */
export function logProbability({ logits, normalizer, isProcessed }: Reading, i: number): number {
  const log = (logits[i] as number) - normalizer;
  return log > 0 && !isProcessed ? 0 : log;
}

/**
 * A reading of all logits, as log-probabilities through a processor. They need not sum to 1. The last `generated` of the ids
 * are not part of the prompt.
 */
export function processed(
  reading: Reading,
  process: LogitsProcessor,
  ids: readonly number[],
  generated: number,
): Reading {
  const given = process(
    reading.logits.map((_, i) => logProbability(reading, i)),
    ids,
    generated,
  );
  for (const z of given) {
    if (!(z < Number.POSITIVE_INFINITY)) {
      throw new OptionError(
        `decoding: processors: expected numbers below infinity, got ${z} after ${ids.length} tokens.`,
      );
    }
  }
  return { ...reading, logits: given, normalizer: 0, isProcessed: true };
}
