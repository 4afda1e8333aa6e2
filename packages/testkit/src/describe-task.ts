import type { Task } from '@elman/core';
import { describeChecks } from './describe-checks.ts';
import { type TaskOptions, taskChecks } from './task-checks.ts';

/**
 * Tests in vitest that a task satisfies the contract of `Task` in `@elman/core`, one test for each requirement.
 *
 *   describeTask('parity', () => parity(), { difficulty: { length: 5 } });
 */
export function describeTask(name: string, makeTask: () => Task, options: TaskOptions = {}): void {
  const task = makeTask();
  const checks = taskChecks
    .filter(({ applies }) => applies?.(task, options) !== false)
    .map(({ title, run }) => ({ title, run: () => run(makeTask(), options) }));
  describeChecks(`${name} satisfies the contract of a task`, checks);
}
