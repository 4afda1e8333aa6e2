import { type Json, OptionError, type Task } from '@elman/core';
import { didYouMean } from '../near.ts';
import { findPlugin, type PluginKind } from '../plugins.ts';
import { imageFileTask } from './image-files.ts';

/** What a task is told when it is made. */
export type TaskOptions = { readonly [option: string]: Json };

/** What makes a task; all of its options have defaults. */
type TaskFactory = (options: TaskOptions) => Task;

/**
 * A task by name, one of `@elman/tasks` or of a package that exports one, made with these options. `pixelImages` is told files.
 * @throws {OptionError} naming the built-in tasks, if there is no such task; or naming the option that the task will not have.
 */
export async function findTask(name: string, options: TaskOptions = {}, workingFolder?: string): Promise<Task> {
  if (name === 'pixelImages') return imageFileTask(options);
  return (await findPlugin(await tasks(), name, workingFolder))(options);
}

/** A task says in its recipe what options it has: one that is not there would go unheard. */
function expectKnown({ name, recipe }: Task, options: TaskOptions): void {
  const [known = {}] = (recipe?.arguments ?? []) as readonly TaskOptions[];
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(known, option));
  if (unknown === undefined) return;
  const list = Object.keys(known).join(', ') || 'none';
  throw new OptionError(
    `task: with: ${name} has the options ${list}, got ${unknown}${didYouMean(unknown, Object.keys(known)) || '.'}`,
  );
}

async function tasks(): Promise<PluginKind<TaskFactory>> {
  return {
    kind: 'task',
    builtInPackage: '@elman/tasks',
    builtIn: (await import('@elman/tasks')).factories,
    withRecipe: (from, factory, make) => (options) => {
      const task: unknown = make(options);
      if (!isTask(task)) {
        throw new OptionError(
          `task: ${factory} of ${from}: expected a task (a record with sample, loss and accuracy).`,
        );
      }
      if (task.recipe !== undefined) expectKnown(task, options);
      return { ...task, recipe: task.recipe ?? { package: from, factory, arguments: [options] } };
    },
  };
}

function isTask(made: unknown): made is Task {
  const task = (made ?? {}) as Partial<Task>;
  return [task.sample, task.loss, task.accuracy, task.baseline].every((part) => typeof part === 'function');
}
