import { DataError } from '@elman/core/errors';
import { editAlignment } from './edit-alignment.ts';
import { editDistance } from './edit-distance.ts';
import { expectPairs } from './pairs.ts';
import { itemsOf } from './symbols.ts';
import { wordsOf } from './text.ts';

/** A sequence of tokens, or a text, which is taken by code points. */
type Row<T> = ArrayLike<T> | string;

/** Errors of a corpus by their kind. */
export interface ErrorCounts {
  /** (substitutions + deletions + insertions) / length; above 1 where hypotheses are much too long. */
  readonly rate: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Total length of the references. */
  readonly length: number;
}

/**
 * The error rate of sequences of any tokens (phonemes, ids): edits over the length of the references.
 *
 *   Σ editDistance(hypothesis, reference) / Σ |reference|      over the whole corpus, not a mean of rates
 *
 * A reference may be empty, but not all of them.
 * @throws {DataError} without hypotheses, with another number of references, or with references of length 0 in all.
 */
export function errorRate<T>(hypotheses: readonly Row<T>[], references: readonly Row<T>[]): number {
  return rateOf('errorRate', hypotheses, references, itemsOf);
}

/** The error rate of characters (CER): `errorRate` over code points. Normalize texts (to NFC, for example) first where it matters. */
export function characterErrorRate(hypotheses: readonly string[], references: readonly string[]): number {
  return rateOf('characterErrorRate', hypotheses, references, (text) => [...text]);
}

/** The error rate of words (WER): `errorRate` over words separated by white space. */
export function wordErrorRate(hypotheses: readonly string[], references: readonly string[]): number {
  return rateOf('wordErrorRate', hypotheses, references, wordsOf);
}

/** `errorRate` with the errors by kind, along one shortest path each: see `editAlignment`. */
export function errorCounts<T>(hypotheses: readonly Row<T>[], references: readonly Row<T>[]): ErrorCounts {
  expectPairs('errorCounts', hypotheses, references);
  let [substitutions, deletions, insertions, length] = [0, 0, 0, 0];
  for (const [row, hypothesis] of hypotheses.entries()) {
    const wanted = itemsOf(references[row] as Row<T>);
    const aligned = editAlignment(itemsOf(hypothesis), wanted);
    substitutions += aligned.substitutions;
    deletions += aligned.deletions;
    insertions += aligned.insertions;
    length += wanted.length;
  }
  expectLength('errorCounts', length);
  return { rate: (substitutions + deletions + insertions) / length, substitutions, deletions, insertions, length };
}

function rateOf<R>(
  where: string,
  hypotheses: readonly R[],
  references: readonly R[],
  split: (row: R) => ArrayLike<unknown>,
): number {
  expectPairs(where, hypotheses, references);
  let [errors, length] = [0, 0];
  for (const [row, hypothesis] of hypotheses.entries()) {
    const wanted = split(references[row] as R);
    errors += editDistance(split(hypothesis), wanted);
    length += wanted.length;
  }
  expectLength(where, length);
  return errors / length;
}

function expectLength(where: string, length: number): void {
  if (length === 0) throw new DataError(`${where}: references: expected something in one of them, all are empty.`);
}
