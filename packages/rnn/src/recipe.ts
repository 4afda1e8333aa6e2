import type { Json, Recipe } from '@elman/core';

/** The recipe of a combinator of this package, if all its parts have one: `make` inserts theirs into the arguments. */
export function combined(
  factory: string,
  parts: readonly { readonly recipe?: Recipe | undefined }[],
  make: (recipes: readonly Recipe[]) => readonly Json[],
): Recipe | undefined {
  const recipes = parts.flatMap(({ recipe }) => (recipe === undefined ? [] : [recipe]));
  if (recipes.length < parts.length) return undefined;
  return { package: '@elman/rnn', factory, arguments: make(recipes) };
}
