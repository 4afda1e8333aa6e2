import type { BackendName } from '@elman/backend';
import { OptionError, type Task } from '@elman/core';
import { taskModel } from '@elman/models';
import { type CellFactory, type StackSettings, stacked } from '../cell.ts';
import { countParameters } from '../parameters.ts';

/**
 * The most units of each layer with which a net has no more parameters than the budget.
 * @throws {OptionError} if one unit is too much.
 */
export function hiddenFor(
  budget: number,
  task: Task,
  make: CellFactory,
  settings: Omit<StackSettings, 'inputSize' | 'hidden'>,
  backend: BackendName,
): number {
  const parametersOf = (hidden: number): number => {
    const model = taskModel(stacked(make, { inputSize: task.inputSize, ...settings, hidden }), task);
    return countParameters(model, backend, ['--params']);
  };
  const fits = (hidden: number): boolean => parametersOf(hidden) <= budget;
  if (!fits(1)) {
    throw new OptionError(`--params: expected at least ${parametersOf(1)}, which one unit takes, got ${budget}.`);
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
