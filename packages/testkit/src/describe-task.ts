import type { Task } from '@elman/core';
import { describeChecks } from './describe-checks.ts';
import { type TaskOptions, taskChecks } from './task-checks.ts';

/**
 * Proves in vitest that a task keeps the contract of `Task` in `@elman/core`, one test for each thing.
 *
 *   describeTask('parity', () => parity(), { difficulty: { length: 5 } });
 */
export function describeTask(name: string, makeTask: () => Task, options: TaskOptions = {}): void {
  const task = makeTask();
  const checks = taskChecks
    .filter(({ applies }) => applies?.(task, options) !== false)
    .map(({ title, run }) => ({ title, run: () => run(makeTask(), options) }));
  describeChecks(`${name} keeps the contract of a task`, checks);
}
