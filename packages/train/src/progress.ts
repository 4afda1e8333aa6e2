import { DivergenceError, type Tree, tree } from '@elman/core';
import type { Plateau } from '@elman/optim';
import type { EvaluationRecord, Run } from './state.ts';

/**
 * Records an evaluation in a run: keeps the best parameters, steps the plateau schedule.
 * @returns whether the loss is the lowest so far.
 * @throws {DivergenceError} if a loss is not finite.
 */
export function evaluated<P extends Tree>(
  run: Run<P, Tree, Tree>,
  record: EvaluationRecord,
  plateau: Plateau | undefined,
): boolean {
  const { progress } = run;
  const { step, loss, level } = record;
  const wild = [loss, level?.loss ?? 0].find((value) => !Number.isFinite(value));
  if (wild !== undefined) {
    const finding = `train: evaluation after update ${step}: the loss is ${wild}`;
    throw new DivergenceError(`${finding}; lower the learning rate.`, { finding });
  }
  const improved = progress.best === null || loss < progress.best.loss;
  if (improved) {
    const best = tree.clone(run.params);
    if (run.best !== undefined) tree.dispose(run.best);
    run.best = best;
  }
  run.progress = {
    ...progress,
    evaluations: [...progress.evaluations, record],
    best: improved ? record : progress.best,
    withoutImprovement: improved ? 0 : progress.withoutImprovement + 1,
    plateau: plateau && progress.plateau ? plateau.observe(progress.plateau, loss) : progress.plateau,
  };
  return improved;
}
