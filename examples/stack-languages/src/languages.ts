import { OptionError, type Task } from '@elman/core';
import { anbn, anbncn, dyckWords, reverseString } from '@elman/tasks';

/** A language, its net, and the lengths in training and testing. */
export interface Language {
  readonly name: string;
  /** The unit of `length`. */
  readonly length: string;
  readonly task: Task;
  /** Number of stacks, and the size of an element. */
  readonly stacks: number;
  readonly size: number;
  /** Whether the stack has a no-op. */
  readonly noOp: boolean;
  /** The controller: `rnn`, which has its own state, or `feedforward`, which has none. */
  readonly controller: string;
  /** Units of the controller. */
  readonly units: number;
  readonly learningRate: number;
  readonly updates: number;
  /** The longest in training, where lengths from 1 are uniformly random. */
  readonly trained: number;
  /** All lengths up to this one are tested. */
  readonly every: number;
  readonly lengths: readonly number[];
  /** Words tested per length: one, where there is only one. */
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

/** Overrides of a language's settings, as on a command line. */
export const overrides = {
  controller: { type: 'string' },
  noOp: { type: 'boolean' },
  updates: { type: 'string' },
  units: { type: 'string' },
  trained: { type: 'string' },
  learningRate: { type: 'string' },
} as const;

const NUMBERS = ['updates', 'units', 'trained', 'learningRate'];

/** A language by its name, with overrides. */
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
