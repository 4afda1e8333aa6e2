import { OptionError } from '../errors.ts';
import type { Recipe } from '../types.ts';
import type { Kind, Part } from './factory.ts';
import { nameOf, quoted, sortOf } from './quoted.ts';
import { isRecipe } from './recipe.ts';
import type { TrustedPackage } from './trust.ts';

/** The trusted packages that a recipe names. */
export type Packages = ReadonlyMap<string, TrustedPackage>;

/** A recipe that has been checked: `given` are its arguments, of which some may be plans, or hold some. */
export class Plan {
  readonly recipe: Recipe;
  readonly kind: Kind | undefined;
  readonly given: readonly unknown[];

  constructor(recipe: Recipe, kind: Kind | undefined, given: readonly unknown[]) {
    this.recipe = recipe;
    this.kind = kind;
    this.given = given;
  }
}

/** @param kind undefined: any. */
export function planned(recipe: Recipe, kind: Kind | undefined, packages: Packages): Plan {
  const about = packages.get(recipe.package)?.about(recipe.factory);
  if (about === undefined) {
    throw new OptionError(
      `${recipe.package} has no factory ${quoted(recipe.factory)} that a file may name${kind === undefined ? '' : `; expected one that makes a ${kind}`}.`,
    );
  }
  const { makes, parts } = about;
  const name = nameOf(recipe);
  if (kind !== undefined && makes !== undefined && makes !== kind) {
    throw new OptionError(`expected a ${kind}, got ${name}, which makes a ${makes}.`);
  }
  const within = (value: unknown, part: Part | undefined): unknown => plannedWithin(value, part, { name, packages });
  const given = recipe.arguments.map((value, i) =>
    parts === undefined ? anywhere(value, packages) : within(value, parts[i]),
  );
  return new Plan(recipe, kind ?? makes, given);
}

/** An argument, or a value in it, where `part` determines which recipes are allowed. */
function plannedWithin(
  value: unknown,
  part: Part | undefined,
  factory: { readonly name: string; readonly packages: Packages },
): unknown {
  const { name, packages } = factory;
  if (typeof part === 'string') {
    const kind = part.replace('?', '') as Kind;
    if (isRecipe(value)) return planned(value, kind, packages);
    if (part.endsWith('?') && (typeof value !== 'object' || value === null)) return value;
    throw new OptionError(`${name}: expected the recipe of a ${kind} among its arguments, got ${sortOf(value)}.`);
  }
  if (Array.isArray(part)) {
    if (Array.isArray(value)) return value.map((item) => plannedWithin(item, part[0], factory));
    throw new OptionError(`${name}: expected an array of recipes among its arguments, got ${sortOf(value)}.`);
  }
  if (isRecipe(value)) {
    throw new OptionError(`${name}: expected no recipe among its arguments there, got ${nameOf(value)}.`);
  }
  if (part !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    throw new OptionError(`${name}: expected an object of options, got ${sortOf(value)}.`);
  }
  const parts = (part ?? {}) as { readonly [option: string]: Part };
  const missing = Object.keys(parts).find(
    (key) => !`${parts[key]}`.endsWith('?') && !Object.hasOwn(value as object, key),
  );
  if (missing !== undefined) throw new OptionError(`${name}: expected the option ${missing}, got none.`);
  return mapped(value, (item, key) => plannedWithin(item, Object.hasOwn(parts, key) ? parts[key] : undefined, factory));
}

/** A value with recipes of any kind at any position. */
function anywhere(value: unknown, packages: Packages): unknown {
  return isRecipe(value) ? planned(value, undefined, packages) : mapped(value, (item) => anywhere(item, packages));
}

/** Applies `each` to the values in an array or object; a plain value is returned unchanged. */
export function mapped(value: unknown, each: (item: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, i) => each(item, `${i}`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item, key)]));
}
