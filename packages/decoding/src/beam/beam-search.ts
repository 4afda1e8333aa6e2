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
 * At each step all live beams are continued by all tokens. Of the beamWidth best candidates those with an end token are
 * finished; the beamWidth best without one stay live. Ties: the lower token first, then the lower beam. A beam that is
 * live at maximumTokens is a hypothesis too, with isFinished false. There are fewer hypotheses than `count` if no more
 * exist, and none if all tokens are forbidden.
 *
 * A row depends on its prompt alone: not on the other prompts, their number or their lengths.
 *
 * @throws {OptionError} for invalid options or combinations of them, before anything is computed.
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

/** The result of a traced search for one prompt. */
export interface TracedSearch {
  readonly hypotheses: Hypothesis[];
  readonly tree: SearchTree;
}

/**
 * The same search with its search tree: all live and finished nodes, and the best of the pruned ones.
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
