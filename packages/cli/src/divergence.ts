import { DivergenceError } from '@elman/core';

/** What can be changed about a run that diverges. */
export interface Remedies {
  readonly learningRate: number;
  readonly clip: number;
  /** Whether its folder has a model, which only `--overwrite` replaces. */
  readonly isSaved: boolean;
}

/** The largest ratio to the baseline that counts as not learned; above it the run has diverged. */
const WILD = 2;

/**
 * Refuses a run that is far worse than guessing at its best: it has diverged, even where all of its numbers are finite.
 *
 *   loss > 2 · max(guessing, first loss)
 *
 * @param run.loss the lowest on what is held out, or of training where nothing is.
 * @param run.guessing the loss of the input-blind baseline.
 * @throws {DivergenceError}
 */
export function expectLearned(
  where: string,
  run: { readonly step: number; readonly loss: number; readonly guessing: number; readonly firstLoss: number },
  remedies: Remedies,
): void {
  const { step, loss, guessing, firstLoss } = run;
  if (loss <= WILD * Math.max(guessing, firstLoss)) return;
  const [lowest, guessed] = [loss, guessing].map((x) => Number(x.toPrecision(4)));
  const what = `${where}: the run has diverged: after ${step} updates the lowest loss is ${lowest}, and guessing has ${guessed}`;
  throw new DivergenceError(`${what}; ${adviceOf(remedies)}.`);
}

/**
 * The divergence that training reported, with advice for the command line in place of that for programs, where it is
 * about updates.
 */
export function withAdvice(error: unknown, remedies: Remedies): unknown {
  if (!DivergenceError.isInstance(error) || !error.byUpdates) return error;
  return new DivergenceError(`${error.finding}; ${adviceOf(remedies)}.`, { cause: error });
}

function adviceOf({ learningRate, clip, isSaved }: Remedies): string {
  const clipping = clip === 0 ? ', clip the gradient (--clip 1)' : '';
  return `lower --learning-rate (now ${learningRate})${clipping}${isSaved ? ', and train anew with --overwrite' : ''}`;
}
