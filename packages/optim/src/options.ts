import { OptionError } from '@elman/core';
import type { Schedule } from './schedules.ts';

/**
 * Throws unless options are an object with only these names: an unknown one would be ignored.
 * @throws {OptionError}
 */
export function expectOptions(where: string, options: object, names: readonly string[]): void {
  const known = names.join(', ');
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`${where}: expected options such as { ${names[0]}: … }, got ${options}.`);
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new OptionError(`${where}: ${unknown}: not an option; there are ${known}.`);
}

/** Throws unless every option is a finite number above 0. @throws {OptionError} */
export function expectPositive(where: string, options: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value > 0)) {
      throw new OptionError(`${where}: ${name}: expected a finite number above 0, got ${value}.`);
    }
  }
}

/** Throws unless every option is a finite number from 0. @throws {OptionError} */
export function expectNonNegative(where: string, options: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new OptionError(`${where}: ${name}: expected a finite number from 0, got ${value}.`);
    }
  }
}

/** Throws unless every option is in [0, 1): decay rates and momentum. @throws {OptionError} */
export function expectDecay(where: string, options: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(value >= 0 && value < 1)) {
      throw new OptionError(`${where}: ${name}: expected a number from 0 to below 1, got ${value}.`);
    }
  }
}

/** Throws unless every option is a whole number from `least`. @throws {OptionError} */
export function expectCount(where: string, options: { readonly [name: string]: number }, least = 1): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new OptionError(`${where}: ${name}: expected a whole number from ${least}, got ${value}.`);
    }
  }
}

/**
 * The learning rate as a function of the step, checked: a number at once, a schedule at every call.
 * @throws {OptionError} if the rate is not finite and above 0 (a schedule may reach 0), or the step is not a whole number from 0.
 */
export function rateOf(where: string, learningRate: number | Schedule): Schedule {
  if (typeof learningRate === 'number') expectPositive(where, { learningRate });
  else if (typeof learningRate !== 'function') {
    throw new OptionError(`${where}: learningRate: expected a number or a schedule, got ${learningRate}.`);
  }
  return (step) => {
    if (!Number.isSafeInteger(step) || step < 0) {
      throw new OptionError(`${where}: step: expected a whole number from 0 (updates made so far), got ${step}.`);
    }
    if (typeof learningRate === 'number') return learningRate;
    const rate = learningRate(step);
    if (!Number.isFinite(rate) || rate < 0) {
      throw new OptionError(
        `${where}: learningRate: the schedule gave ${rate} at step ${step}; expected a finite number from 0.`,
      );
    }
    return rate;
  };
}
