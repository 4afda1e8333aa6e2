import type { Optimizer, Tree } from '@elman/core';
import { chain, clipByGlobalNorm, cosine, type Schedule, warmup } from '@elman/optim';
import { find } from './find/find.ts';
import type { RunSettings } from './settings.ts';

/**
 * The optimizer of a run: clipping by global norm, then the chosen optimizer (`find`) with the learning rate of the run.
 * @throws {OptionError} for a name that is not known.
 */
export async function makeOptimizer(
  settings: Pick<RunSettings, 'optimizer' | 'clip' | 'learningRate' | 'updates'>,
): Promise<Optimizer<Tree>> {
  const { make } = await find<Optimizer<Tree>>('optimizer', settings.optimizer);
  const optimizer = make({ learningRate: learningRate(settings) });
  const { clip } = settings;
  return clip === 0 ? optimizer : (chain(clipByGlobalNorm(clip), optimizer) as Optimizer<Tree>);
}

/** Updates that the rate takes to rise. */
const RISE = 50;
/** What is left of the rate at the end. */
const FINAL_SHARE = 0.1;
/** Where the end is not known, the rate is halved after three times as many updates. */
const SLOWDOWN = 500;

/**
 * The learning rate by update. It depends on nothing else, the time least of all: so a run that was stopped goes on as if it
 * had not been.
 *
 *   with a number of updates:   a line up, then half a cosine down to a tenth
 *   with minutes:               a line up, then rate / √(1 + step/500)
 */
export function learningRate({ learningRate: rate, updates }: Pick<RunSettings, 'learningRate' | 'updates'>): Schedule {
  if (updates === null) return warmup({ steps: RISE, next: (step) => rate / Math.sqrt(1 + step / SLOWDOWN) });
  const steps = Math.min(RISE, Math.ceil(updates / 10));
  const fall = cosine({ initial: rate, steps: Math.max(1, updates - steps), final: rate * FINAL_SHARE });
  return warmup({ steps, next: fall });
}
