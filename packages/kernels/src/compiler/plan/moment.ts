import type { Moment } from './plan.ts';

/** The first level of the first step. */
export const START: Moment = { step: 0, level: 0 };

/** The next level. */
export function later({ step, level }: Moment): Moment {
  return { step, level: level + 1 };
}

export function isBefore(a: Moment, b: Moment): boolean {
  return a.step < b.step || (a.step === b.step && a.level < b.level);
}
