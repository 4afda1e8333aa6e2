import { breather, OptionError, type Tree } from '@elman/core';
import { logSumExp } from '../beam/reading.ts';
import { expectChoice, expectLogits } from '../draw.ts';
import { checkedPrompts, expectTokenModel, type WritingOptions, writingProcessors } from '../options.ts';
import { compose } from '../processors.ts';
import { CandidateRows } from './candidate-rows.ts';

/** Options of `contrastiveSearch`. */
export interface ContrastiveSearchOptions<S extends Tree> extends WritingOptions<S> {
  /** One prompt per row; lengths may differ. */
  readonly prompts: readonly ArrayLike<number>[];
  /** k: the number of candidates, the most likely tokens. By default 4. */
  readonly topK?: number | undefined;
  /** α from 0 (greedy) to 1: the weight of the degeneration penalty. By default 0.6. */
  readonly degenerationPenalty?: number | undefined;
}

/** A row in progress: its tokens, and the next candidates with their probabilities. */
interface Row {
  readonly ids: number[];
  readonly generated: number[];
  candidates: readonly number[];
  probabilities: readonly number[];
}

/**
 * The new tokens of every row: at each step, of the k most likely tokens, the one that is likely and dissimilar to the previous tokens.
 *
 *   xₜ = argmax over the k most likely v of (1 − α) · p(v | x₍<ₜ₎) − α · max_{j<t} cos(h_v, h_{xⱼ})
 *
 * h are the `features` of the model's steps: h_v after reading v. All candidates of all rows are one batch, the model takes one step per
 * token, and rows are independent of each other. It is deterministic; ties: the likelier token, then the lower id.
 *
 * @throws {OptionError} (a rejection) for invalid options, and a model whose steps have no `features`.
 * @throws {DivergenceError} if the model's logits are NaN or +∞.
 * @see Su et al. 2022, contrastive search
 */
export async function contrastiveSearch<S extends Tree>(options: ContrastiveSearchOptions<S>): Promise<number[][]> {
  const { model, maximumTokens, topK = 4, degenerationPenalty: alpha = 0.6, stop = [], signal } = options;
  expectTokenModel(model);
  const { vocabSize } = model;
  if (!Number.isSafeInteger(topK) || topK < 1) {
    throw new OptionError(`contrastiveSearch: topK: expected a positive whole number, got ${topK}.`);
  }
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new OptionError(`contrastiveSearch: degenerationPenalty: expected a number from 0 to 1, got ${alpha}.`);
  }
  const process = compose(...writingProcessors(options));
  const rows = checkedPrompts(options.prompts, vocabSize).map(
    (ids): Row => ({ ids, generated: [], candidates: [ids[0] as number], probabilities: [] }),
  );
  const all = rows.map(({ generated }) => generated);
  if (rows.length === 0 || maximumTokens === 0) return all;
  const ends = (row: Row): boolean =>
    row.generated.length === maximumTokens || (typeof stop === 'function' && stop(row.generated));

  const breathe = breather();
  const run = new CandidateRows(model, rows.length);
  try {
    let live = rows;
    let width = 1;
    for (let step = 0; ; step++) {
      await breathe();
      signal?.throwIfAborted();
      const tokens = live.flatMap(({ candidates }) => candidates);
      const alike = await run.feed(tokens, width > 1);
      const chosen: number[] = [];
      const going: Row[] = [];
      for (const [i, row] of live.entries()) {
        const best = row.ids.length > step ? 0 : bestOf(row.probabilities, alpha, alike?.subarray(i * width));
        if (row.ids.length === step) {
          const token = row.candidates[best] as number;
          if (typeof stop !== 'function' && stop.includes(token)) continue;
          row.ids.push(token);
          row.generated.push(token);
          if (ends(row)) continue;
        }
        chosen.push(i * width + best);
        going.push(row);
      }
      live = going;
      if (live.length === 0) return all;

      const due = [...live.keys()].filter((i) => (live[i] as Row).ids.length === step + 1);
      const logits = due.length === 0 ? undefined : await run.read(due.map((i) => chosen[i] as number));
      width = due.length === 0 ? 1 : Math.min(topK, vocabSize);
      for (const row of live) row.candidates = Array<number>(width).fill(row.ids[step + 1] as number);
      for (const [at, i] of due.entries()) {
        const row = live[i] as Row;
        const own = (logits as Float32Array).subarray(at * vocabSize, (at + 1) * vocabSize);
        expectLogits(own, rows.indexOf(row), row.ids.length);
        const processed = process(own, row.ids, row.generated.length);
        expectChoice(processed);
        const likely = mostLikely(processed, width);
        const normalizer = logSumExp(processed);
        row.probabilities = likely.map((token) => Math.exp((processed[token] as number) - normalizer));
        // Where fewer tokens are allowed than the width, the first is repeated.
        row.candidates = Array.from({ length: width }, (_, j) => likely[j] ?? (likely[0] as number));
      }
      run.goOn(chosen, width);
    }
  } finally {
    run.dispose();
  }
}

/** The first of the best candidates. */
function bestOf(probabilities: readonly number[], alpha: number, alike: Float32Array | undefined): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [j, p] of probabilities.entries()) {
    const score = (1 - alpha) * p - alpha * (alike?.[j] ?? 0);
    if (score > highest) [best, highest] = [j, score];
  }
  return best;
}

/** Up to k allowed tokens, in descending order of their logits; ties: the lower first. */
function mostLikely(logits: Float32Array, k: number): number[] {
  const found: number[] = [];
  const logitOf = (i: number): number => logits[found[i] as number] as number;
  for (let token = 0; token < logits.length; token++) {
    const z = logits[token] as number;
    if (!(z > Number.NEGATIVE_INFINITY) || (found.length === k && z <= logitOf(k - 1))) continue;
    if (found.length === k) found.pop();
    let at = found.length;
    while (at > 0 && z > logitOf(at - 1)) at--;
    found.splice(at, 0, token);
  }
  return found;
}
