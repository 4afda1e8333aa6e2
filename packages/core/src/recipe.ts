import { OptionError } from './errors.ts';
import type { Json, Recipe } from './types.ts';

/** Loads a package by its name; the default is `import`. Give your own where packages are found in another place. */
export type ImportPackage = (name: string) => Promise<{ readonly [name: string]: unknown }>;

/** Whether a text is the name of an npm package, not a path or an address. */
export const isPackageName = (name: string): boolean => PACKAGE_NAME.test(name);

const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Whether a JSON value is a recipe. */
export function isRecipe(value: unknown): value is Recipe {
  const { package: from, factory, arguments: given } = (value ?? {}) as Record<string, unknown>;
  return typeof from === 'string' && typeof factory === 'string' && Array.isArray(given);
}

/**
 * Makes a thing again from its recipe: imports the package and calls its factory, making recipes among the arguments
 * (at any depth) first. A record that comes back without a recipe is given this one. Only bare npm package names are imported, never paths or addresses.
 *
 * @throws {OptionError} if the package cannot be imported or has no such factory.
 */
export async function remake(
  recipe: Recipe,
  importPackage: ImportPackage = (name) => import(/* @vite-ignore */ name),
): Promise<unknown> {
  const { package: from, factory } = recipe;
  if (!isPackageName(from)) {
    throw new OptionError(`recipe: package: expected the name of an npm package, got "${from}".`);
  }
  let found: { readonly [name: string]: unknown };
  try {
    found = await importPackage(from);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    throw new OptionError(
      `recipe: the package ${from} cannot be loaded (${reason}); install it with: npm install ${from}`,
      {
        cause: error,
      },
    );
  }
  const make = Object.hasOwn(found, factory) ? found[factory] : undefined;
  if (typeof make !== 'function') {
    throw new OptionError(`recipe: the package ${from} exports no function named ${factory}.`);
  }
  const given = await Promise.all(recipe.arguments.map((argument) => remakeWithin(argument, importPackage)));
  return withRecipe(make(...given), recipe);
}

/** A plain record that does not say how it was made, told so: a cell by somebody who left it out can be saved again. */
function withRecipe(made: unknown, recipe: Recipe): unknown {
  const isRecord = typeof made === 'object' && made !== null && Object.getPrototypeOf(made) === Object.prototype;
  return isRecord && !('recipe' in made) ? { ...made, recipe } : made;
}

async function remakeWithin(value: Json, importPackage: ImportPackage): Promise<unknown> {
  if (isRecipe(value)) return remake(value, importPackage);
  if (Array.isArray(value)) return Promise.all(value.map((item) => remakeWithin(item, importPackage)));
  if (typeof value === 'object' && value !== null) {
    const made = Object.entries(value).map(async ([key, item]) => [key, await remakeWithin(item, importPackage)]);
    return Object.fromEntries(await Promise.all(made));
  }
  return value;
}
