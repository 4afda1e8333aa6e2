import { ElmanError, OptionError, TrustError } from '../errors.ts';
import type { Recipe } from '../types.ts';
import { described, isOfKind, type Kind } from './factory.ts';
import { ownExport } from './own-value.ts';
import { isFileName, isPackageName } from './package-name.ts';
import { mapped, Plan, planned } from './plan.ts';
import { nameOf, quoted, reasonOf, sortOf } from './quoted.ts';
import { packagesOf } from './recipe.ts';
import { functionOf, openTrusted, type Trust, type TrustedPackage, trustMap } from './trust.ts';

/** Options: what a recipe may make, and the packages it may use. */
export interface RemakeOptions {
  /** The expected kind. */
  readonly kind: Kind;
  /** The packages that it may name. */
  readonly trust: Trust;
  /** Its name in error messages; default: `recipe`. */
  readonly where?: string | undefined;
}

/**
 * Makes an object from its recipe: calls the factory that it names, making the recipes among its arguments first.
 *
 * A recipe comes from a file, so it can only name what the program trusts: packages in `trust`, and of these
 * the factories that make the kind which is expected at that place. All of it, recipes within recipes too, is checked before
 * any package that was looked up is imported and before anything is called. A record without a recipe gets this one.
 *
 * @throws {TrustError} if it names packages that are not trusted.
 * @throws {OptionError} if it names what is no such factory, or the arguments are none of that factory's.
 */
export async function remake(recipe: Recipe, { kind, trust, where = 'recipe' }: RemakeOptions): Promise<unknown> {
  try {
    const known = trustMap(trust);
    const names = packagesOf(recipe);
    expectTrusted(names, known);
    const packages = new Map<string, TrustedPackage>();
    for (const name of names) packages.set(name, await openTrusted(known, name));
    const plan = planned(recipe, kind, packages);
    const exports = new Map<string, object>();
    for (const [name, { load }] of packages) exports.set(name, await load());
    return make(plan, exports);
  } catch (error) {
    if (TrustError.isInstance(error)) throw new TrustError(`${where}: ${error.finding}`, error.packages);
    if (ElmanError.isInstance(error)) throw new OptionError(`${where}: ${error.message}`, { cause: error });
    throw error;
  }
}

function expectTrusted(names: readonly string[], trusted: { readonly [name: string]: unknown }): void {
  const wrong = names.find((name) => !isPackageName(name) && !isFileName(name));
  if (wrong !== undefined) {
    throw new OptionError(`package: expected the name of an npm package, got ${quoted(wrong)}.`);
  }
  const others = names.filter((name) => !Object.hasOwn(trusted, name));
  if (others.length === 0) return;
  const some = others.slice(0, 3);
  const list = `${some.join(', ')}${others.length > some.length ? ', …' : ''}`;
  throw new TrustError(`it needs ${list}, whose code runs only if you trust it`, others);
}

function make({ recipe, kind, given }: Plan, exports: ReadonlyMap<string, object>): unknown {
  const call = functionOf(ownExport(exports.get(recipe.package) as object, recipe.factory));
  if (call === undefined) {
    throw new OptionError(`the package ${recipe.package} exports no function ${quoted(recipe.factory)}.`);
  }
  const ready = given.map((value) => made(value, exports));
  let result: unknown;
  try {
    result = call(...ready);
  } catch (error) {
    if (ElmanError.isInstance(error)) throw error;
    throw new OptionError(`${nameOf(recipe)}: cannot be called with these arguments (${reasonOf(error)}).`, {
      cause: error,
    });
  }
  if (kind !== undefined && !isOfKind(kind, result)) {
    throw new OptionError(
      `${nameOf(recipe)}: expected it to make a ${kind} (${described(kind)}), got ${sortOf(result)}.`,
    );
  }
  return withRecipe(result, recipe);
}

function made(value: unknown, exports: ReadonlyMap<string, object>): unknown {
  return value instanceof Plan ? make(value, exports) : mapped(value, (item) => made(item, exports));
}

/** Adds the recipe to a plain record that has none, or that of a part of it, so that a third-party cell can be saved again. */
function withRecipe(made: unknown, recipe: Recipe): unknown {
  const isRecord = typeof made === 'object' && made !== null && Object.getPrototypeOf(made) === Object.prototype;
  const own = isRecord ? (made as { readonly recipe?: Recipe }).recipe : undefined;
  return isRecord && own?.package !== recipe.package ? { ...made, recipe } : made;
}
