import { OptionError, type Tree } from '@elman/core';
import { checkedPrompts, expectTokenModel } from '../options.ts';
import { compose, type LogitsProcessor } from '../processors.ts';
import { checkedSequences, expectStop, expectWhole } from './checks.ts';
import { type Forbid, forbidding, occurs } from './forbidden.ts';
import type { BeamSearchOptions } from './options.ts';
import { type CoveragePenalty, coverageTerm, type LengthPenalty } from './penalties.ts';
import { type Required, requiring } from './required.ts';

/** Validated options of a beam search, with their defaults. */
export interface Plan {
  readonly vocabSize: number;
  readonly prompts: readonly (readonly number[])[];
  readonly prefixes: readonly (readonly number[])[];
  readonly maximumTokens: number;
  readonly beamWidth: number;
  readonly count: number;
  readonly groups: number;
  readonly diversity: number;
  /** Number of ended hypotheses at which a group is done. */
  readonly enough: number;
  readonly stop: ReadonlySet<number>;
  readonly forbid: Forbid | undefined;
  readonly required: Required | undefined;
  readonly process: LogitsProcessor | undefined;
  readonly coverage: boolean;
  readonly alignments: boolean;
  /** The score of a hypothesis of n tokens. */
  score(logProbability: number, n: number, coverage: Float64Array | undefined): number;
  /** An upper bound of the scores reachable from this log-probability after n tokens, with at least one further token. */
  bound(logProbability: number, n: number): number;
}

/** @throws {OptionError} for invalid options or combinations of them. */
export function planned<S extends Tree>(options: BeamSearchOptions<S>): Plan {
  const { model, maximumTokens, beamWidth, count = 1, minimumTokens = 0, groups = 1 } = options;
  const { patience = beamWidth === 1 ? 1 : Number.POSITIVE_INFINITY } = options;
  expectTokenModel(model);
  const { vocabSize } = model;
  const { lengthPenalty, coveragePenalty, noRepeatNgram, diversity = 0.5, processors = [] } = options;
  expectWhole('maximumTokens', maximumTokens, 0);
  expectWhole('minimumTokens', minimumTokens, 0);
  expectWhole('beamWidth', beamWidth, 1);
  expectWhole('groups', groups, 1);
  expectWhole('count', count, 1);
  if (noRepeatNgram !== undefined) expectWhole('noRepeatNgram', noRepeatNgram, 1);
  if (minimumTokens > maximumTokens) {
    throw new OptionError(
      `decoding: minimumTokens: expected at most maximumTokens=${maximumTokens}, got ${minimumTokens}.`,
    );
  }
  if (count > beamWidth)
    throw new OptionError(`decoding: count: expected at most beamWidth=${beamWidth}, got ${count}.`);
  if (beamWidth % groups !== 0) {
    throw new OptionError(`decoding: groups: expected a divisor of beamWidth=${beamWidth}, got ${groups}.`);
  }
  if (!(diversity >= 0 && diversity < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`decoding: diversity: expected a number from 0, got ${diversity}.`);
  }
  if (!(patience > 0)) throw new OptionError(`decoding: patience: expected a number above 0, got ${patience}.`);
  const beta = coveragePenalty?.beta ?? 0;
  if (!(beta >= 0 && beta < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`decoding: coveragePenalty: expected beta from 0, got ${beta}.`);
  }
  const stop = expectStop(options.stop ?? [], vocabSize);
  const prompts = checkedPrompts(options.prompts, vocabSize);
  const banned = checkedSequences('banned', options.banned ?? [], vocabSize);
  const wanted = checkedSequences('required', options.required ?? [], vocabSize);
  const required = requiring(wanted);
  const prefixes = checkedPrefixes(options, prompts.length, stop, banned);
  for (const sequence of wanted) expectPossible(sequence, stop, banned, noRepeatNgram);
  for (const prefix of prefixes) {
    const needed = required?.needed(prefix.reduce(required.next, required.none)) ?? 0;
    if (prefix.length + needed > maximumTokens) {
      throw new OptionError(
        `decoding: ${needed > 0 ? 'required' : 'prefix'}: expected no more than maximumTokens=${maximumTokens} tokens, got ` +
          `${prefix.length + needed}; give it more tokens.`,
      );
    }
  }
  return {
    vocabSize,
    prompts,
    prefixes,
    maximumTokens,
    beamWidth,
    count,
    groups,
    diversity: groups > 1 ? diversity : 0,
    enough: (patience * beamWidth) / groups,
    stop,
    forbid: forbidding({ banned, noRepeatNgram, stop, minimumTokens }),
    required,
    process: processors.length === 0 ? undefined : compose(...processors),
    coverage: coveragePenalty !== undefined,
    alignments: options.alignments ?? false,
    ...scoring(lengthPenalty, coveragePenalty, maximumTokens, processors.length > 0),
  };
}

function scoring(
  lengthPenalty: LengthPenalty | undefined,
  coveragePenalty: CoveragePenalty | undefined,
  maximumTokens: number,
  isProcessed: boolean,
): Pick<Plan, 'score' | 'bound'> {
  const penalty = (n: number): number => {
    const value = n === 0 || lengthPenalty === undefined ? 1 : lengthPenalty(n);
    if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
    throw new OptionError(`decoding: lengthPenalty: expected a positive number for ${n} tokens, got ${value}.`);
  };
  /** For each n the largest penalty from n on. */
  let greatest: Float64Array | undefined;
  const suffixMaxima = (): Float64Array => {
    const maxima = new Float64Array(maximumTokens + 2);
    for (let n = maximumTokens; n > 0; n--) maxima[n] = Math.max(penalty(n), maxima[n + 1] as number);
    return maxima;
  };
  return {
    score: (logProbability, n, coverage) =>
      logProbability / penalty(n) + (coveragePenalty && coverage ? coverageTerm(coveragePenalty, coverage) : 0),
    bound(logProbability, n) {
      // Processors may raise log-probabilities above 0, so that further tokens may raise a score without bound.
      if (isProcessed) return Number.POSITIVE_INFINITY;
      if (lengthPenalty === undefined) return logProbability;
      greatest ??= suffixMaxima();
      return logProbability / (greatest[n + 1] as number);
    },
  };
}

function checkedPrefixes<S extends Tree>(
  { prefix, model }: BeamSearchOptions<S>,
  rows: number,
  stop: ReadonlySet<number>,
  banned: readonly (readonly number[])[],
): number[][] {
  if (prefix === undefined) return Array.from({ length: rows }, () => []);
  if (prefix.length !== rows) {
    throw new OptionError(`decoding: prefix: expected one for each of the ${rows} prompts, got ${prefix.length}.`);
  }
  const prefixes = checkedSequences('prefix', prefix, model.vocabSize, 0);
  for (const [row, ids] of prefixes.entries()) {
    const end = ids.find((id) => stop.has(id));
    if (end !== undefined) throw new OptionError(`decoding: prefix ${row}: expected no end token, got ${end}.`);
    const found = banned.find((sequence) => occurs(sequence, ids));
    if (found) throw new OptionError(`decoding: prefix ${row}: expected no banned sequence, got [${found}] in it.`);
  }
  return prefixes;
}

/** Throws if a required sequence can occur in no hypothesis. */
function expectPossible(
  sequence: readonly number[],
  stop: ReadonlySet<number>,
  banned: readonly (readonly number[])[],
  noRepeatNgram: number | undefined,
): void {
  const end = sequence.find((id) => stop.has(id));
  if (end !== undefined) {
    throw new OptionError(
      `decoding: required: expected no end token, got ${end} in [${sequence}]: none is part of a hypothesis.`,
    );
  }
  const found = banned.find((other) => occurs(other, sequence));
  if (found) throw new OptionError(`decoding: required: expected nothing banned, got [${found}] in [${sequence}].`);
  if (noRepeatNgram === undefined) return;
  for (let at = 1; at + noRepeatNgram <= sequence.length; at++) {
    const ngram = sequence.slice(at, at + noRepeatNgram);
    if (!occurs(ngram, sequence.slice(0, at + noRepeatNgram - 1))) continue;
    throw new OptionError(
      `decoding: required: expected no repeated sequence of noRepeatNgram=${noRepeatNgram} tokens, got [${ngram}] twice in [${sequence}].`,
    );
  }
}
