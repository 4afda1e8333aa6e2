import type { Task } from '@elman/core';
import { type FindOptions, find } from '../find/find.ts';
import { readImageFiles } from './image-files.ts';

/**
 * A task by what is typed (`find`), with options that were told beside it. `pixelImages` is told files.
 * @throws {OptionError} if there is no such task or option.
 */
export async function findTask(text: string, told: FindOptions = {}): Promise<Task> {
  const { name, isBuiltIn, options, make } = await find<Task>('task', text, told);
  return isBuiltIn && name === 'pixelImages' ? make(await readImageFiles(options)) : make();
}
