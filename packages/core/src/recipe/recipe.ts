import { OptionError } from '../errors.ts';
import type { Recipe } from '../types.ts';
import { ownValue } from './own-value.ts';

/** Whether a JSON value is a recipe. */
export function isRecipe(value: unknown): value is Recipe {
  if (typeof value !== 'object' || value === null) return false;
  return (
    typeof ownValue(value, 'package') === 'string' &&
    typeof ownValue(value, 'factory') === 'string' &&
    Array.isArray(ownValue(value, 'arguments'))
  );
}

/**
 * The names of the packages that a recipe and those within it name, each once.
 * @throws {OptionError} for recipes nested too deep, or a key `__proto__`.
 */
export function packagesOf(recipe: Recipe): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (depth > DEEPEST) throw new OptionError(`expected no more than ${DEEPEST} levels of nesting, got more.`);
    if (Object.hasOwn(value, '__proto__')) throw new OptionError('expected no key "__proto__", got one.');
    if (isRecipe(value)) found.add(value.package);
    for (const item of Object.values(value)) look(item, depth + 1);
  };
  look(recipe, 0);
  return [...found];
}

/** Levels of objects and arrays; a combinator around a cell takes two. */
const DEEPEST = 256;
