import { isPackageName, OptionError } from '@elman/core';
import { type Exports, locatePackage, type Manifest, manifestOf } from './packages.ts';

/** A kind of thing that packages export a factory of: cells, tasks. */
export interface PluginKind<F> {
  /** As options and the field `elman` of a package.json call it. */
  readonly kind: keyof NonNullable<Manifest['elman']>;
  readonly builtInPackage: string;
  readonly builtIn: Exports;
  /** Whether an export, tried on something harmless, makes a thing of this kind. */
  isFactory(exported: unknown): boolean;
  /** The factory, making what knows its recipe. */
  withRecipe(from: string, name: string, factory: F): F;
}

/**
 * A factory by name: one of the built-in package, or of a package that exports one.
 *
 * A package says which export it is in its package.json, `"elman": { "cell": "exportName" }`; without that, its only
 * exported function is the one.
 *
 * @throws {OptionError} naming what is built in, if there is no such thing and no such package.
 */
export async function findPlugin<F>(plugin: PluginKind<F>, name: string, workingFolder?: string): Promise<F> {
  const { kind, builtIn, builtInPackage } = plugin;
  if (Object.hasOwn(builtIn, name) && plugin.isFactory(builtIn[name])) {
    return plugin.withRecipe(builtInPackage, name, builtIn[name] as F);
  }
  const location = isPackageName(name) ? locatePackage(name, workingFolder) : undefined;
  if (location === undefined) {
    const known = builtInNames(plugin).join(', ');
    throw new OptionError(`${kind}: "${name}" is neither a built-in ${kind} (${known}) nor an installed package.`);
  }
  const exports = (await import(location)) as Exports;
  const factory = chooseExport(kind, name, exports, location);
  return plugin.withRecipe(name, factory, exports[factory] as F);
}

/** The names of what is built in. */
export function builtInNames<F>({ builtIn, isFactory }: PluginKind<F>): string[] {
  return Object.keys(builtIn).filter((name) => isFactory(builtIn[name]));
}

/** The export of a package that makes what it is for. */
function chooseExport(kind: 'cell' | 'task', name: string, exports: Exports, location: string): string {
  const functions = Object.keys(exports).filter((key) => typeof exports[key] === 'function');
  const declared = manifestOf(name, location)?.elman?.[kind];
  if (declared !== undefined) {
    if (functions.includes(declared)) return declared;
    throw new OptionError(
      `${kind}: ${name}: its package.json names the ${kind} "${declared}"; it exports no such function.`,
    );
  }
  if (functions.length === 1) return functions[0] as string;
  throw new OptionError(
    `${kind}: ${name}: expected one exported function, got ${functions.join(', ') || 'none'}; package.json can say which: "elman": { "${kind}": "NAME" }`,
  );
}
