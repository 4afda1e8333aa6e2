import type { BackendName } from '@elman/backend';
import { type Difficulty, OptionError, type Task } from '@elman/core';
import type { Options } from '../find/typed.ts';
import { didYouMean } from '../near.ts';

/** All that a run on a task is a function of, as JSON. */
export type TaskSettings = {
  readonly task: string;
  readonly with: Options;
  /** Rows of training are between these, each number by itself. */
  readonly least: Difficulty;
  readonly most: Difficulty;
  readonly curriculum: string;
  readonly cell: string;
  readonly cellWith: Options;
  readonly hidden: number;
  readonly layers: number;
  readonly updates: number;
  readonly batch: number;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly clip: number;
  readonly seed: number;
  readonly evaluateEvery: number;
  /** The lengths that the net is tried on in the end, and rows of each. */
  readonly lengths: readonly number[];
  readonly rows: number;
  readonly backend: BackendName;
};

/** Options of `elman task` and `elman compare` in addition to task and cell. */
export interface TaskArguments {
  with: Options;
  cellWith: Options;
  length?: readonly [least: number, most: number];
  difficulty: { readonly [parameter: string]: readonly [least: number, most: number] };
  curriculum: string;
  hidden: number;
  params?: number;
  layers: number;
  updates: number;
  batch: number;
  optimizer: string;
  learningRate: number;
  clip: number;
  evaluateEvery?: number;
  lengths?: readonly number[];
  rows: number;
  backend?: BackendName;
  out?: string;
  overwrite?: boolean;
  readonly previous?: boolean;
  json?: boolean;
}

/** The default length: easy enough to learn in a minute. */
const LENGTH = 20;

/** From the easiest to the hardest row of training. */
export function trainingRange(
  task: Task,
  { length, difficulty }: Pick<TaskArguments, 'length' | 'difficulty'>,
): { least: Difficulty; most: Difficulty } {
  const { easiest, hardest = {} } = task;
  const usual = Math.min(hardest.length ?? Number.POSITIVE_INFINITY, Math.max(easiest.length, LENGTH));
  const given: TaskArguments['difficulty'] = { ...difficulty, ...(length === undefined ? {} : { length }) };
  const unknown = Object.keys(given).find((parameter) => !Object.hasOwn(easiest, parameter));
  if (unknown !== undefined) {
    throw new OptionError(
      `task: difficulty: ${task.name} has ${Object.keys(easiest).join(', ')}, got ${unknown}${didYouMean(unknown, Object.keys(easiest)) || '; leave it out.'}`,
    );
  }
  const least: { [parameter: string]: number } = {};
  const most: { [parameter: string]: number } = {};
  for (const [parameter, easy] of Object.entries(easiest)) {
    const range = given[parameter] ?? (parameter === 'length' ? ([easy, usual] as const) : ([easy, easy] as const));
    [least[parameter], most[parameter]] = range;
  }
  return { least: least as Difficulty, most: most as Difficulty };
}

/** Lengths inside the trained ones and far beyond them: a quarter, a half, the longest, and two, four and eight times it. */
export function lengthsAround(task: Task, longest: number): number[] {
  const { easiest, hardest } = task;
  const wanted = [1 / 4, 1 / 2, 1, 2, 4, 8].map((times) => Math.round(longest * times));
  return [...new Set(wanted)].filter((n) => n >= easiest.length && n <= (hardest?.length ?? Number.POSITIVE_INFINITY));
}
