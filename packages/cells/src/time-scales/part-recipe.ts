import type { Json, Recipe } from '@elman/core';

/** The recipe of a combinator of this package around a cell, if that cell has one. */
export function around(
  factory: string,
  { recipe }: { readonly recipe?: Recipe | undefined },
  ...options: readonly Json[]
): Recipe | undefined {
  return recipe && { package: '@elman/cells', factory, arguments: [recipe, ...options] };
}
