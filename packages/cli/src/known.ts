import { type Json, OptionError, type Recipe } from '@elman/core';
import { didYouMean } from './near.ts';

/** What says in its recipe which options it has. */
export type Made = { readonly name: string; readonly recipe?: Recipe | undefined };

/** @throws {OptionError} naming an option that the factory does not have and would ignore. */
export function expectKnown(where: string, { name, recipe }: Made, options: { readonly [option: string]: Json }): void {
  const [known = {}] = (recipe?.arguments ?? []) as readonly { readonly [option: string]: Json }[];
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(known, option));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, Object.keys(known)) || '; leave it out.';
  throw new OptionError(`${where}: ${name} has no option ${unknown}${near}`);
}
