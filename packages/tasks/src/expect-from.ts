import { OptionError } from '@elman/core';

/** Throws unless each option is a whole number from `least` on. */
export function expectFrom(least: number, where: string, options: { readonly [option: string]: number }): void {
  for (const [option, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new OptionError(`${where}: ${option}: expected a whole number from ${least}, got ${value}.`);
  }
}
