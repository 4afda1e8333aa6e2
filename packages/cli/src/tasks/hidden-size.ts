import { OptionError, Rng, type Task, type Tree, tree } from '@elman/core';
import { taskModel } from '@elman/models';
import { type CellFactory, type StackSettings, stacked } from '../cell.ts';

/** How many parameters a net of this width has for the task. */
function countParameters(task: Task, make: CellFactory, settings: Omit<StackSettings, 'inputSize'>): number {
  const model = taskModel(stacked(make, { inputSize: task.inputSize, ...settings }), task);
  const params = tree.tidy(() => model.init(Rng.seeded(0))) as Tree;
  const count = tree.size(params);
  tree.dispose(params);
  return count;
}

/**
 * The most units of each layer with which a net has no more parameters than the budget.
 * @throws {OptionError} if one unit is too much.
 */
export function hiddenFor(
  budget: number,
  task: Task,
  make: CellFactory,
  settings: Omit<StackSettings, 'inputSize' | 'hidden'>,
): number {
  const fits = (hidden: number): boolean => countParameters(task, make, { ...settings, hidden }) <= budget;
  if (!fits(1)) {
    const least = countParameters(task, make, { ...settings, hidden: 1 });
    throw new OptionError(`params: expected at least ${least}, which one unit takes, got ${budget}.`);
  }
  let [low, high] = [1, 2];
  while (fits(high)) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
