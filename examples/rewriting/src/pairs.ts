import { OptionError } from '@elman/core';
import { dates } from './dates.ts';
import { numbers, words } from './numbers.ts';
import { programs } from './programs.ts';
import type { Rewriting } from './rewriting.ts';

const all: { readonly [name: string]: Rewriting } = { dates, words, numbers, programs };

/** The text pairs by name. */
export function findRewriting(name: string): Rewriting {
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found === undefined) throw new OptionError(`--pairs: expected ${Object.keys(all).join(', ')}, got ${name}.`);
  return found;
}
