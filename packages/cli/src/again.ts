import type { Command } from 'commander';
import { taskCommand } from './commands/task.ts';
import { translateCommand } from './commands/translate.ts';
import { commandLine } from './exit.ts';
import type { TaskSettings } from './tasks/settings.ts';
import type { TranslationSettings } from './translation/settings.ts';

/** The command that resumes a run of `elman task`, or shows its result, from the settings in its folder. */
export function taskAgain(settings: TaskSettings, path: string): string {
  const { least, most, ...rest } = settings;
  const ranges = Object.entries(least).map(([name, from]): [string, string] => {
    const to = (most as { readonly [name: string]: number })[name] ?? from;
    return [name, from === to ? `${from}` : `${from}-${to}`];
  });
  const { length, ...difficulty } = Object.fromEntries(ranges);
  return again(taskCommand(), settings.task, { ...rest, length, difficulty }, path);
}

/** The same of `elman translate`. */
export function translateAgain(settings: TranslationSettings, path: string): string {
  return again(translateCommand(), settings.pairs, settings, path);
}

function again(
  command: Command,
  argument: string,
  settings: { readonly [name: string]: unknown; readonly updates: number; readonly evaluateEvery: number },
  path: string,
): string {
  const args = [command.name(), argument, '--out', path];
  const isUsual = settings.evaluateEvery === Math.max(1, Math.round(settings.updates / 10));
  for (const option of command.options) {
    const name = option.attributeName();
    const value = settings[name];
    const isDefault = JSON.stringify(value) === JSON.stringify(option.defaultValue);
    if (value === undefined || value === false || isDefault || (name === 'evaluateEvery' && isUsual)) continue;
    for (const given of typed(value)) args.push(option.long as string, ...(value === true ? [] : [given]));
  }
  return commandLine(...args);
}

/** A value as it is typed: once, or once for each name. */
function typed(value: unknown): string[] {
  if (Array.isArray(value)) return [value.join(',')];
  if (typeof value !== 'object' || value === null) return [`${value}`];
  return Object.entries(value).map(([name, one]) => `${name}=${typeof one === 'string' ? one : JSON.stringify(one)}`);
}
