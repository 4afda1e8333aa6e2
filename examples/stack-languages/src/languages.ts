import { OptionError, type Task } from '@elman/core';
import { anbn, anbncn, dyckWords, reverseString } from '@elman/tasks';

/** A language, the net that learns it, and the lengths that it is trained on and tried at. */
export interface Language {
  readonly name: string;
  /** What `length` is. */
  readonly length: string;
  readonly task: Task;
  /** How many stacks, and the numbers of an element. */
  readonly stacks: number;
  readonly size: number;
  /** Whether a stack may be left as it is. */
  readonly noOp: boolean;
  /** What pushes and pops: `rnn`, which remembers something itself, or `feedforward`, which does not. */
  readonly controller: string;
  /** Units of the controller. */
  readonly units: number;
  readonly learningRate: number;
  readonly updates: number;
  /** The longest of training, where all from 1 on are as likely. */
  readonly trained: number;
  /** Up to this one, all are tried. */
  readonly every: number;
  readonly lengths: readonly number[];
  /** How many of each length are tried: one, where there is but one. */
  readonly rows: number;
}

const common = {
  noOp: false,
  controller: 'feedforward',
  units: 12,
  learningRate: 0.02,
  updates: 300,
  trained: 10,
  every: 60,
  lengths: [100, 200, 500, 1000],
};

/** Three letters are trained for longer, on longer words. */
const LONGER = { updates: 700, trained: 20 };

const all: readonly Language[] = [
  { ...common, name: 'anbn', length: 'n', task: anbn(), stacks: 1, size: 1, rows: 1 },
  { ...common, name: 'anbncn', length: 'n', task: anbncn(), stacks: 2, size: 1, ...LONGER, rows: 1 },
  {
    ...{ ...common, name: 'dyck', length: 'pairs of brackets', task: dyckWords(), stacks: 1, size: 2 },
    ...{ every: 20, lengths: [30, 40, 60, 100, 200], rows: 16 },
  },
  {
    ...{ ...common, name: 'reverse', length: 'symbols', task: reverseString({ vocabSize: 4 }), stacks: 1, size: 4 },
    ...{ updates: 1500, every: 20, lengths: [30, 40, 60, 100, 200], rows: 16 },
  },
];

/** What may be said instead, as on a command line. */
export const overrides = {
  controller: { type: 'string' },
  noOp: { type: 'boolean' },
  updates: { type: 'string' },
  units: { type: 'string' },
  trained: { type: 'string' },
  learningRate: { type: 'string' },
} as const;

const NUMBERS = ['updates', 'units', 'trained', 'learningRate'];

/** A language by its name, with some of it said instead. */
export function findLanguage(
  name: string,
  said: { readonly [name in keyof typeof overrides]?: string | boolean | undefined } = {},
): Language {
  const found = all.find((language) => language.name === name);
  const changed = Object.keys(overrides).flatMap((key) => {
    const given = said[key as keyof typeof overrides];
    return given === undefined ? [] : [[key, NUMBERS.includes(key) ? Number(given) : given] as const];
  });
  if (found !== undefined) return { ...found, ...Object.fromEntries(changed) };
  throw new OptionError(`--language: expected ${all.map((language) => language.name).join(', ')}, got ${name}.`);
}
