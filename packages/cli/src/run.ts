import type { Selection } from '@elman/backend';
import { DataError, type Optimizer, OptionError, type Tree, tree } from '@elman/core';
import type { Tokenizer } from '@elman/tokenizers';
import type { TrainingState } from '@elman/train';
import { startBackend } from './backend.ts';
import { type Batches, makeBatches } from './batches.ts';
import { commandLine } from './exit.ts';
import { prepareFolder, type RunFolder, resumeFolder } from './folder.ts';
import { History } from './history.ts';
import { type AnyModel, type AnyParams, loadTextModel, readMetadata } from './load.ts';
import { loadState } from './load-state.ts';
import { makeModel } from './model.ts';
import { makeOptimizer } from './optimizer.ts';
import type { Goal } from './pace.ts';
import {
  backendIn,
  defaultFolder,
  fromMetadata,
  type RunSettings,
  settingsOf,
  type TrainArguments,
  tokenizerOf,
  updatesOf,
} from './settings.ts';
import { countCharacters, readSource, type SourceText, STANDARD_INPUT } from './text.ts';
import { makeTokenizer } from './tokenizer.ts';
import { trustOptions } from './trust.ts';
import { unknownShare } from './unknown.ts';
import { expectNoRun, expectThere } from './what-is-there.ts';

/** How far a run is, with all that it takes to go on. */
export type RunState = TrainingState<AnyParams, Tree, Tree>;

/** A run with all of its parts, ready to be trained. */
export interface Run {
  readonly folder: RunFolder;
  readonly settings: RunSettings;
  readonly goal: Goal;
  readonly backend: Selection;
  readonly tokenizer: Tokenizer;
  readonly model: AnyModel;
  readonly optimizer: Optimizer<Tree>;
  readonly batches: Batches;
  readonly tokens: number;
  readonly characters: number;
  /** The share of the text that the tokenizer does not know. */
  readonly unknownShare: number;
  readonly history: History;
  /** The text, where it came on standard input and is kept beside the model. */
  readonly keptText?: string | undefined;
  /** Files that were named in place of those of the folder. */
  readonly movedTexts: readonly string[];
  /** The options without which the model is not loaded. */
  readonly trustOptions: readonly string[];
  /** Where to go on; undefined for a new run. */
  readonly resume?: RunState | undefined;
}

/** A new run. What can be wrong with it is found here, before anything is written. */
export async function newRun(texts: readonly string[], args: TrainArguments): Promise<Run> {
  for (const text of texts) await expectNoRun(text, 'a text');
  const source = await readSource(texts, args);
  const tokenizer = await makeTokenizer(tokenizerOf(args), source.text);
  const { batch, window, validation = null } = args;
  const { ids, heldOut, unknown } = encode(tokenizer, source);
  const batches = makeBatches(ids, { batch, window, validation }, heldOut);
  const path = args.out ?? defaultFolder(texts);
  const backend = await startBackend(args.backend);
  const { batchesPerEpoch } = batches.train;
  const settings = settingsOf(args, source, { batchesPerEpoch, backend: backend.name, folder: path });
  const learnt = ids.subarray(0, ids.length - batches.heldOutTokens);
  const model = await makeModel(settings, tokenizer, learnt);
  const optimizer = await makeOptimizer(settings);
  const goOn = commandLine('train', '--resume', path);
  const folder = await prepareFolder(path, args.overwrite === true, goOn);
  return {
    folder,
    settings,
    goal: goalOf(settings.updates, settings.minutes),
    backend,
    tokenizer,
    model,
    optimizer,
    batches,
    tokens: ids.length,
    characters: countCharacters(source.text),
    unknownShare: unknown,
    history: History.begin(path),
    keptText: source.paths.includes(STANDARD_INPUT) ? source.text : undefined,
    movedTexts: [],
    trustOptions: await trustOptions(model, args),
  };
}

/** The run saved in a folder. Its text is read where it was, or from `texts`; it must be the same. */
export async function resumedRun(
  path: string,
  texts: readonly string[],
  args: TrainArguments,
  whenDone?: 'evenIfDone',
): Promise<Run> {
  await expectThere(path, 'a run of elman train');
  const folder = await resumeFolder(path);
  try {
    return await loadRun(folder, texts, args, whenDone);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function loadRun(
  folder: RunFolder,
  texts: readonly string[],
  args: TrainArguments,
  whenDone: 'evenIfDone' | undefined,
): Promise<Run> {
  const { path, storage } = folder;
  const backend = await startBackend(args.backend ?? backendIn(await readMetadata(storage)));
  const { model, params, tokenizer, metadata } = await loadTextModel(storage, args);
  tree.dispose(params);
  const settings = fromMetadata(path, metadata);
  if (args.sameCell === true && args.cell !== settings.cell) {
    throw new OptionError(
      `train: --cell: expected ${settings.cell}, the cell of ${path}, got ${args.cell}; leave it out.`,
    );
  }
  const source = await readSource(texts.length > 0 ? texts : settings.texts, settings);
  expectSameText(path, source, settings);
  const { ids, heldOut, unknown } = encode(tokenizer, source);
  const batches = makeBatches(ids, settings, heldOut);
  const optimizer = await makeOptimizer(settings);
  const resume = await loadState(storage, { model, optimizer, previous: args.previous });
  const trusted = await trustOptions(model, args);
  const goal = resumedGoal(args, settings, batches.train.batchesPerEpoch);
  if (whenDone === undefined && goal.updates !== null && resume.progress.step >= goal.updates) {
    const { step } = resume.progress;
    const further = commandLine('train', '--resume', path, ...texts, ...trusted, '--updates', `${2 * step}`);
    throw new OptionError(
      `train: ${path} has made ${step} updates, of ${goal.updates} wanted; to train it further: ${further}`,
    );
  }
  return {
    folder,
    settings,
    goal,
    backend,
    tokenizer,
    model,
    optimizer,
    batches,
    tokens: ids.length,
    characters: countCharacters(source.text),
    unknownShare: unknown,
    history: await History.resume(path, resume.progress.step),
    movedTexts: texts,
    trustOptions: trusted,
    resume,
  };
}

function encode(
  tokenizer: Tokenizer,
  { text, validation }: SourceText,
): { readonly ids: Int32Array; readonly heldOut: Int32Array | undefined; readonly unknown: number } {
  const ids = tokenizer.encode(text);
  if (validation === undefined) return { ids, heldOut: undefined, unknown: unknownShare(tokenizer, [text], [ids]) };
  const heldOut = tokenizer.encode(validation);
  return { ids, heldOut, unknown: unknownShare(tokenizer, [text, validation], [ids, heldOut]) };
}

function expectSameText(path: string, { hash, paths }: SourceText, settings: RunSettings): void {
  if (hash === settings.textHash) return;
  throw new DataError(
    `train: ${paths.join(', ')}: not the text that ${path} was trained on (its SHA-256 begins with ${hash.slice(0, 8)}, wanted ${settings.textHash.slice(0, 8)}); name the files with that text, or train anew with --overwrite in place of --resume.`,
  );
}

/** What the command line says goes before what the folder says. */
function resumedGoal(args: TrainArguments, settings: RunSettings, batchesPerEpoch: number): Goal {
  const { updates, epochs, minutes } = args;
  if (updates === undefined && epochs === undefined && minutes === undefined) {
    return goalOf(settings.updates, settings.minutes);
  }
  return goalOf(updatesOf(args, batchesPerEpoch), minutes ?? null);
}

const goalOf = (updates: number | null, minutes: number | null): Goal => ({
  updates,
  seconds: minutes === null ? null : 60 * minutes,
});
