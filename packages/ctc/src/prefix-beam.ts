import { breather, expectSizes, OptionError, type Sequence, type Tree } from '@elman/core';
import { type HostLogits, logProbabilities, readLogits } from './frames.ts';
import {
  type LabelModel,
  type LanguageOf,
  languageOfFunction,
  languageOfTokens,
  startTokens,
  type TokenLabelModel,
} from './language.ts';
import type { CtcOptions } from './options.ts';
import { type PrefixSearch, prefixSearch, weighed } from './prefix-search.ts';
import { labelsOf, type Prefix } from './prefix-tree.ts';

/** Options of the search. */
export type CtcPrefixBeamOptions<S extends Tree = Tree> = CtcOptions & {
  /** The number of prefixes kept; 16 by default. */
  readonly beamWidth?: number | undefined;
  /** The most hypotheses returned for each row; 1 by default. */
  readonly count?: number | undefined;
  readonly languageModel?: LabelModel | TokenLabelModel<S> | undefined;
  /** Weight of the language model; 1 by default. With 0 it is not called; with any other weight labels with −∞ are forbidden. */
  readonly alpha?: number | undefined;
  /** Bonus for each label, in nats; 0 by default. */
  readonly beta?: number | undefined;
  /** A label of a lower probability in a frame does not start there: faster with many classes; 0 by default. */
  readonly minimumProbability?: number | undefined;
  /** Ends the search at the next frame, with the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
};

/** A labelling of a row. */
export interface CtcHypothesis {
  readonly labels: readonly number[];
  /** logProbability + alpha·languageLogProbability + beta·(number of labels) */
  readonly score: number;
  /** log P(labels | logits), of the paths whose prefixes were kept: exact if the beam was wide enough. */
  readonly logProbability: number;
  /** log P of the labels, and of their end, by the language model; 0 without one. */
  readonly languageLogProbability: number;
}

/**
 * The labellings of the highest scores for each row, best first: summed over all their paths, not only the best one.
 *
 *   score = log P(labels | logits) + alpha·log P(labels) + beta·|labels|
 *
 * In each frame the `beamWidth` best prefixes are kept; exact if that is all of them. A language model is a function, called
 * once for each prefix and label, or a `TokenModel`, which is stepped for all new prefixes of all rows together, once a frame. Without
 * one, a frame costs O(beamWidth² + classes).
 *
 * Shapes: logits [batch, time, classes], normalised or not; read from the device once. A row whose labels are all forbidden by the
 * language model, and its blank by the logits, has no hypotheses.
 *
 * @throws {ShapeError} {OptionError} if the arguments do not match each other. {DivergenceError} for NaN in a real frame.
 * @see Graves 2012, ch. 7.5 (prefix search); Hannun, Maas, Jurafsky & Ng 2014 (with a language model)
 */
export async function ctcPrefixBeam<S extends Tree = Tree>(
  logits: Sequence,
  options: CtcPrefixBeamOptions<S> = {},
): Promise<CtcHypothesis[][]> {
  const where = 'ctcPrefixBeam';
  const { beamWidth = 16, count = 1, alpha = 1, beta = 0, minimumProbability = 0, signal } = options;
  expectSizes(where, { beamWidth, count });
  for (const [name, value] of Object.entries({ alpha, beta, minimumProbability })) {
    if (Number.isFinite(value) && (name !== 'minimumProbability' || (value >= 0 && value < 1))) continue;
    const wanted = name === 'minimumProbability' ? 'a number from 0 to below 1' : 'a finite number';
    throw new OptionError(`${where}: ${name}: expected ${wanted}, got ${value}.`);
  }
  const host = await readLogits(where, logits, options);
  const { classes, blank } = host;
  const languageModel = alpha === 0 ? undefined : options.languageModel;
  let language: LanguageOf | undefined;
  if (typeof languageModel === 'function') language = languageOfFunction(languageModel, classes, blank);
  else if (languageModel !== undefined) language = languageOfTokens;
  const minimum = Math.log(minimumProbability);
  const searches = host.frames.map(() => prefixSearch({ classes, blank, beamWidth, minimum, language, alpha, beta }));
  const roots = searches.map((search) => search.beam()[0] as Prefix);
  const tokens =
    typeof languageModel === 'object' ? await startTokens(languageModel, roots, classes, blank) : undefined;
  try {
    await run(where, host, searches, signal, (rows) =>
      tokens?.read(
        rows.flatMap((row) => (searches[row] as PrefixSearch).beam().map((prefix) => [row, prefix] as const)),
      ),
    );
  } finally {
    tokens?.dispose();
  }
  return searches.map((search) =>
    search
      .beam()
      .map((prefix) => hypothesis(prefix, language?.(prefix, blank) ?? 0, alpha))
      .filter(({ score }) => score > Number.NEGATIVE_INFINITY)
      .sort((a, b) => b.score - a.score)
      .slice(0, count),
  );
}

/** All rows, frame by frame; `after` gets the rows that had the frame. */
async function run(
  where: string,
  host: HostLogits,
  searches: readonly PrefixSearch[],
  signal: AbortSignal | undefined,
  after: (rows: readonly number[]) => Promise<void> | undefined,
): Promise<void> {
  const breathe = breather();
  const frame = new Float64Array(host.classes);
  const longest = host.frames.reduce((most, { length }) => Math.max(most, length), 0);
  for (let i = 0; i < longest; i++) {
    await breathe();
    signal?.throwIfAborted();
    const rows = [...searches.keys()].filter((row) => i < (host.frames[row] as Int32Array).length);
    for (const row of rows) {
      logProbabilities(where, host, row, (host.frames[row] as Int32Array)[i] as number, frame);
      (searches[row] as PrefixSearch).advance(frame);
    }
    await after(rows);
  }
}

function hypothesis(prefix: Prefix, end: number, alpha: number): CtcHypothesis {
  const { total, bonus, language } = prefix;
  const score = total + bonus + weighed(alpha, end);
  return { labels: labelsOf(prefix), score, logProbability: total, languageLogProbability: language + end };
}
