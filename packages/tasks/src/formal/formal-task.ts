import type { Json, Rng, Score, Task } from '@elman/core';
import { defineTask, solvedAt } from '../define-task.ts';
import type { Example } from '../example.ts';
import { ids } from '../scoring.ts';

/** A string and its answer, in ids. */
interface Asked {
  readonly string: readonly number[];
  readonly answer: readonly number[];
  /** Number of frames for the answer, at least as many as it needs; default: exactly as many. */
  readonly room?: number | undefined;
}

/** A task by its strings and their answers. */
export interface FormalTask {
  readonly name: string;
  /** The factory's options, if it takes any. */
  readonly options?: { readonly [option: string]: Json } | undefined;
  /** The symbols of string ids, and of answer ids. */
  readonly symbols: Required<Task>['symbols'];
  /** The least length; default 1. */
  readonly shortest?: number | undefined;
  readonly row: (rng: Rng, length: number) => Asked;
  readonly baseline: (length: number) => Score;
}

/**
 * A task of Delétang et al.: a string is read, and then, a frame for each symbol of the answer, the empty symbol `_`, which is the last
 * id of the inputs. Only the answer counts.
 *
 *   inputs   0 1 1 _ _ _
 *   targets        1 1 0     the answer `110` to `011`
 *
 * Solved from an accuracy of 0.9 on, the paper's rule (there over all lengths from 41 to 500).
 */
export function formalTask({ name, options, symbols, shortest = 1, row, baseline }: FormalTask): Task {
  const empty = symbols.inputs.length;
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: options === undefined ? [] : [options] },
    inputSize: empty + 1,
    outputSize: symbols.targets.length,
    easiest: { length: shortest },
    symbols: { inputs: [...symbols.inputs, '_'], targets: symbols.targets },
    scoring: ids,
    solved: solvedAt(0.9),
    example: (rng, { length }) => answered(row(rng, length), empty),
    baseline: ({ length }) => baseline(length),
  });
}

function answered({ string, answer, room = answer.length }: Asked, empty: number): Example {
  const reading = string.map(() => 0);
  const unused = Array<number>(room - answer.length).fill(0);
  return {
    inputs: [...string, ...Array<number>(room).fill(empty)],
    targets: [...reading, ...answer, ...unused],
    mask: [...reading, ...answer.map(() => 1), ...unused],
  };
}

/** The numbers from 0 as symbols. */
export function numerals(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}

/** `count` uniformly random symbols. */
export function randomString(rng: Rng, length: number, vocabSize: number): number[] {
  return Array.from({ length }, () => rng.integer(vocabSize));
}
