import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, type Recipe } from '@elman/core';
import { taskAgain, translateAgain } from './again.ts';
import { commandLine } from './exit.ts';
import { NGRAM } from './ngram-model.ts';
import { SETTINGS } from './run-folder.ts';
import type { TaskSettings } from './tasks/settings.ts';
import type { TranslationSettings } from './translation/settings.ts';

/** What a command works on. */
export type Wanted = 'a model of text' | 'a translator' | 'a run of elman train';

/** What is in a folder, and what to do with it. */
interface Found {
  readonly what: string;
  readonly advice: string;
}

/**
 * Throws if a folder does not have what a command works on, naming what is there and the command that works with it.
 * Missing and damaged files are left to the loader.
 *
 * @throws {CheckpointError}
 */
export async function expectThere(path: string, wanted: Wanted): Promise<void> {
  const found = await lookInto(path, wanted === 'a run of elman train');
  if (found?.what !== (wanted === 'a translator' ? TRANSLATOR : TEXT_MODEL)) refuse(path, wanted, found);
}

/** Throws if there is a run where something else was to be named. */
export async function expectNoRun(path: string, wanted: 'a text' | 'a file' | 'the name of a task'): Promise<void> {
  refuse(path, wanted, await lookInto(path, true));
}

function refuse(path: string, wanted: string, found: Found | undefined): void {
  if (found === undefined) return;
  const message = `${path}: expected ${wanted}, got ${found.what}; ${found.advice}`;
  // Names come from files, which may hold escape sequences.
  throw new CheckpointError(message.replaceAll(/\p{Cc}/gu, '\uFFFD'));
}

const TEXT_MODEL = 'a model of text';
const TRANSLATOR = 'a translator';

async function lookInto(path: string, toGoOn: boolean): Promise<Found | undefined> {
  return find(path, toGoOn).catch(() => undefined);
}

async function find(path: string, toGoOn: boolean): Promise<Found | undefined> {
  const [model, run, table, ngram] = await Promise.all(
    ['model.json', SETTINGS, 'table.json', NGRAM].map((name) => readJson(path, name)),
  );
  if (ngram !== undefined) {
    const what = toGoOn ? 'an n-gram model' : TEXT_MODEL;
    return { what, advice: `sample from it: ${commandLine('sample', path)}` };
  }
  const recipe = (model as { readonly model?: Recipe | null } | undefined)?.model;
  const settings = run as (TaskSettings & TranslationSettings) | undefined;
  if (typeof settings?.task === 'string' && settings.least !== undefined) {
    return {
      what: `a run of elman task (${settings.task})`,
      advice: `continue it, or print its result: ${taskAgain(settings, path)}`,
    };
  }
  if (recipe?.factory === 'seq2seq') {
    const isRun = typeof settings?.pairs === 'string';
    return toGoOn && isRun
      ? { what: TRANSLATOR, advice: `continue it: ${translateAgain(settings, path)}` }
      : { what: TRANSLATOR, advice: `translate with it: ${commandLine('translate', path)}` };
  }
  if (recipe?.factory === 'languageModel') {
    const isRun = (model as { readonly metadata?: { readonly run?: unknown } }).metadata?.run !== undefined;
    const sample = `sample from it: ${commandLine('sample', path)}`;
    const resume = `continue it: ${commandLine('train', '--resume', path)}`;
    return { what: TEXT_MODEL, advice: toGoOn && isRun ? resume : sample };
  }
  if (recipe?.package === '@elman/models' && typeof recipe.factory === 'string') {
    const load = `loadModel(storage, { kind: '${recipe.factory}' }) of @elman/models`;
    return { what: `a ${recipe.factory}`, advice: `no command reads it; load it in a program with ${load}.` };
  }
  if (table !== undefined && model === undefined) {
    return { what: 'the results of elman compare', advice: `its table is ${join(path, 'table.md')}.` };
  }
  return undefined;
}

async function readJson(path: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(path, name), 'utf8'));
  } catch {
    return undefined;
  }
}
