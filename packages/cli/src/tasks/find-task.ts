import type { Task } from '@elman/core';
import { type FindOptions, find } from '../find/find.ts';
import { TASK_FILES } from './task-files.ts';

/**
 * A task by what is typed (`find`), with options that were told beside it. Those of files are given what is in them.
 * @throws {OptionError} if there is no such task or option.
 */
export async function findTask(text: string, told: FindOptions = {}): Promise<Task> {
  const { name, isBuiltIn, options, make } = await find<Task>('task', text, told);
  const readFiles = isBuiltIn && Object.hasOwn(TASK_FILES, name) ? TASK_FILES[name] : undefined;
  return make(await readFiles?.(options));
}
