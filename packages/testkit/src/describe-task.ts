import { selectBackend } from '@elman/backend';
import type { Task } from '@elman/core';
import { engine, getBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { type TaskOptions, taskChecks } from './task-checks.ts';

/**
 * Proves in vitest that a task keeps the contract of `Task` in `@elman/core`, one test for each thing.
 *
 *   describeTask('parity', () => parity(), { difficulty: { length: 5 } });
 */
export function describeTask(name: string, makeTask: () => Task, options: TaskOptions = {}): void {
  beforeAll(async () => {
    if (!getBackend()) await selectBackend();
  });
  describe(`${name} keeps the contract of a task`, () => {
    const task = makeTask();
    for (const { title, applies, run } of taskChecks) {
      if (applies?.(task, options) === false) continue;
      it(title, async () => {
        engine().startScope('proof');
        try {
          await run(makeTask(), options);
        } finally {
          engine().endScope();
        }
      });
    }
  });
}
