import { OptionError } from '@elman/core';

/** Throws unless it is a whole number from `least`. */
export function expectWhole(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new OptionError(`decoding: ${option}: expected a whole number from ${least}, got ${value}.`);
}

/** The ids that end a hypothesis. */
export function expectStop(stop: readonly number[], vocabSize: number): ReadonlySet<number> {
  if (!Array.isArray(stop)) {
    throw new OptionError(
      'decoding: stop: expected ids here, got something else; predicates are for `generate` and `sample`.',
    );
  }
  const unknown = stop.find((id) => !isId(id, vocabSize));
  if (unknown === undefined) return new Set(stop);
  throw new OptionError(`decoding: stop: expected ids from 0 to ${vocabSize - 1}, got ${unknown}.`);
}

/** Copies of token sequences with a minimum length, checked against the vocabulary. */
export function checkedSequences(
  option: string,
  sequences: readonly ArrayLike<number>[],
  vocabSize: number,
  least = 1,
): number[][] {
  return sequences.map((sequence, at) => {
    const ids = Array.from(sequence);
    if (ids.length < least) throw new OptionError(`decoding: ${option} ${at}: expected one token or more, got none.`);
    const unknown = ids.find((id) => !isId(id, vocabSize));
    if (unknown === undefined) return ids;
    throw new OptionError(`decoding: ${option} ${at}: expected ids from 0 to ${vocabSize - 1}, got ${unknown}.`);
  });
}

const isId = (id: number, vocabSize: number): boolean => Number.isSafeInteger(id) && id >= 0 && id < vocabSize;
