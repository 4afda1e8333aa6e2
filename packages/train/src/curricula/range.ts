import { type Difficulty, OptionError, type Rng } from '@elman/core';

/** The range of difficulties of a curriculum. */
export type CurriculumRange = {
  /** The least of each number, as in a task's `easiest`; a number that is left out is the target's from the start. */
  readonly easiest: { readonly [parameter: string]: number };
  /** The final difficulty. */
  readonly target: Difficulty;
};

/** The least and the most of one number of a difficulty. */
export type Bounds = { readonly parameter: string; readonly low: number; readonly high: number };

/** @throws {OptionError} unless both are whole numbers and the easiest is not harder than the target. */
export function boundsOf(where: string, { easiest, target }: CurriculumRange): Bounds[] {
  expectWhole(where, 'target', target);
  expectWhole(where, 'easiest', easiest);
  for (const [parameter, low] of Object.entries(easiest)) {
    const high = target[parameter];
    if (high === undefined) {
      const known = Object.keys(target).join(', ');
      throw new OptionError(`${where}: easiest: ${parameter} is none of the target, which has ${known}; leave it out.`);
    }
    if (low > high) {
      throw new OptionError(`${where}: easiest: ${parameter}: expected ${high} at most, the target's, got ${low}.`);
    }
  }
  return Object.entries(target).map(([parameter, high]) => ({ parameter, low: easiest[parameter] ?? high, high }));
}

/** @throws {OptionError} unless every number is whole and not negative. */
export function expectWhole(where: string, name: string, numbers: { readonly [parameter: string]: number }): void {
  for (const [parameter, value] of Object.entries(numbers)) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new OptionError(`${where}: ${name}: ${parameter}: expected a whole number from 0, got ${value}.`);
  }
}

/** @throws {OptionError} unless it is from 0 to 1. */
export function expectFraction(where: string, name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new OptionError(`${where}: ${name}: expected a number from 0 to 1, got ${value}.`);
}

/** Every number uniform from its least to its most, independently. */
export function uniform(bounds: readonly Bounds[], rng: Rng): Difficulty {
  const drawn = bounds.map(({ parameter, low, high }) => [
    parameter,
    low + rng.fork(parameter).integer(high - low + 1),
  ]);
  return Object.fromEntries(drawn) as Difficulty;
}
