import type { Tree } from '@elman/core';
import type { Hypothesis } from './hypothesis.ts';
import { inLockstep } from './lockstep.ts';
import type { BeamSearchOptions } from './options.ts';
import { type Plan, planned } from './plan.ts';
import { PromptSearch } from './prompt-search.ts';
import { recorder, type SearchTree } from './trace.ts';

/**
 * Beam search: of each prompt the `count` best hypotheses found, best first.
 *
 *   log p(y) = Σ_t log p(y_t | prompt, y_<t)          score(y) = log p(y) / lengthPenalty(n) + coverage
 *
 * At each step all live beams are continued by all tokens. Of the beamWidth best candidates those with an end token end; the beamWidth best
 * without one live on. Of equal candidates those with the lower token come first, then those of the lower beam. What lives at maximumTokens
 * is a hypothesis too, of which isFinished is false. There are fewer hypotheses than `count` where there are no more, and none where all
 * tokens are forbidden.
 *
 * A row depends on its prompt alone: not on the other prompts, their number or their lengths.
 *
 * @throws {OptionError} for options that cannot be, alone or together; before anything is computed.
 * @throws {DivergenceError} if the model's logits are NaN or +∞.
 * @see Graves 2012; Sutskever, Vinyals & Le 2014; Wu et al. 2016 (penalties); Hokamp & Liu 2017, Post & Vilar 2018 (required sequences);
 *   Vijayakumar et al. 2018 (groups); Kasai et al. 2022 (patience)
 */
export async function beamSearch<S extends Tree>(options: BeamSearchOptions<S>): Promise<Hypothesis[][]> {
  const plan = planned(options);
  const searches = plan.prompts.map((_, row) => new PromptSearch(plan, row));
  await run(options, plan, searches);
  return searches.map(({ hypotheses }) => hypotheses);
}

/** What a traced search gives for one prompt. */
export interface TracedSearch {
  readonly hypotheses: Hypothesis[];
  readonly tree: SearchTree;
}

/**
 * The same search, and the tree that it has looked at: all that lived and ended, and the best of what did not.
 *
 * @throws {OptionError} {DivergenceError} as `beamSearch` does.
 */
export async function traceBeamSearch<S extends Tree>(options: BeamSearchOptions<S>): Promise<TracedSearch[]> {
  const plan = planned(options);
  const records = plan.prompts.map((prompt) => recorder(prompt.at(-1) as number));
  const searches = records.map(({ watch }, row) => new PromptSearch(plan, row, watch));
  await run(options, plan, searches);
  return searches.map(({ hypotheses }, row) => ({ hypotheses, tree: (records[row] as (typeof records)[number]).tree }));
}

function run<S extends Tree>(
  { model, signal }: BeamSearchOptions<S>,
  { beamWidth, coverage, alignments }: Plan,
  searches: readonly PromptSearch[],
): Promise<void> {
  return inLockstep(model, searches, beamWidth, { signal, weights: coverage || alignments });
}
