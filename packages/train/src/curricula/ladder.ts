import { type Difficulty, expectSizes, OptionError } from '@elman/core';
import { boundsOf, type CurriculumRange } from './range.ts';

/** Options of the ladder. */
export type LadderOptions = CurriculumRange & {
  /** The order in which the numbers are raised; default: `length`, then the others in the target's order. */
  readonly order?: readonly string[] | undefined;
  /** The increment of each number; default: 1. */
  readonly stride?: { readonly [parameter: string]: number } | undefined;
};

/** A sequence of difficulties. */
export interface Ladder {
  /** The index of the last rung, the target; the first, the easiest, is 0. */
  readonly top: number;
  level(rung: number): Difficulty;
}

/**
 * The levels of Zaremba & Sutskever, from the easiest to the target:
 *
 *   length 1, nesting 1 → length 2, nesting 1 → … → length a, nesting 1 → length 1, nesting 2 → … → length a, nesting b
 *
 * The first number of `order` is raised by its stride until it is the target's, then the next is raised once and those before it are
 * reset, as in an odometer. The last stride may be shorter.
 *
 * @param where The caller's name, for errors.
 * @throws {OptionError} if the order does not name each number of the target once, or a stride is no positive whole number.
 */
export function ladder(where: string, options: LadderOptions): Ladder {
  const bounds = boundsOf(where, options);
  const names = Object.keys(options.target);
  const { order = ['length', ...names.filter((name) => name !== 'length')], stride = {} } = options;
  expectSizes(where, stride);
  const unknown = Object.keys(stride).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionError(`${where}: stride: ${unknown} is none of the target, which has ${names.join(', ')}.`);
  }
  if ([...order].sort().join() !== [...names].sort().join()) {
    throw new OptionError(
      `${where}: order: expected each of ${names.join(', ')} once, as in the target, got ${order.join(', ')}.`,
    );
  }
  const wheels = order.map((name) => {
    const { low, high } = bounds.find(({ parameter }) => parameter === name) as (typeof bounds)[number];
    const by = stride[name] ?? 1;
    return { name, low, high, by, size: Math.ceil((high - low) / by) + 1 };
  });
  const top = wheels.reduce((product, { size }) => product * size, 1) - 1;
  return {
    top,
    level(rung) {
      let rest = Math.min(rung, top);
      const level: { [parameter: string]: number } = {};
      for (const { name, low, high, by, size } of wheels) {
        level[name] = Math.min(low + (rest % size) * by, high);
        rest = Math.floor(rest / size);
      }
      return level as Difficulty;
    },
  };
}
