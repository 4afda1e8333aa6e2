import { type Factories, type InstalledPackage, installedPackage, OptionError } from '@elman/core';
import { commandLine } from './exit.ts';
import { didYouMean } from './near.ts';

/** A kind of thing that packages export a factory of: cells, tasks. */
export interface PluginKind<F> {
  /** As options and the field `elman` of a package.json call it. */
  readonly kind: 'cell' | 'task';
  readonly builtInPackage: string;
  readonly builtIn: Factories;
  /** The factory, making what knows its recipe. */
  withRecipe(from: string, name: string, factory: F): F;
}

/**
 * A factory by name: one of the built-in package, or of an installed package whose package.json declares it,
 * `"elman": { "cell": "exportName" }`. Where it declares several, `package:exportName` says which.
 *
 * Naming a package here is to trust it: it is imported, but not before it is known to declare what is wanted.
 *
 * @throws {OptionError} if there is no such thing and no such package, with the names most like it.
 */
export async function findPlugin<F>(plugin: PluginKind<F>, name: string, workingFolder?: string): Promise<F> {
  const { kind, builtIn, builtInPackage } = plugin;
  if (Object.hasOwn(builtIn, name)) return plugin.withRecipe(builtInPackage, name, builtIn[name]?.make as F);
  const [from = '', wanted] = name.split(':');
  const found = await installedPackage(from, workingFolder === undefined ? undefined : [workingFolder]);
  if (found === undefined) {
    const near = didYouMean(name, Object.keys(builtIn)) || ';';
    throw new OptionError(
      `${kind}: "${name}" is neither a built-in ${kind} nor an installed package${near} "${commandLine(`${kind}s`)}" lists what is built in.`,
    );
  }
  const factory = declaredExport(plugin.kind, from, wanted, found);
  const exports = await found.load();
  const make = Object.hasOwn(exports, factory) ? exports[factory] : undefined;
  if (typeof make !== 'function') {
    throw new OptionError(
      `${kind}: ${from}: its package.json names the ${kind} "${factory}"; it exports no such function.`,
    );
  }
  return plugin.withRecipe(from, factory, make as F);
}

/** The export of a package that makes what it is for, as its package.json has it. */
function declaredExport(
  kind: 'cell' | 'task',
  from: string,
  wanted: string | undefined,
  { factories }: InstalledPackage,
): string {
  const declared = factories[kind];
  const [first] = declared;
  if (first === undefined) {
    throw new OptionError(
      `${kind}: ${from}: its package.json declares no ${kind}; wanted there is: "elman": { "${kind}": "EXPORT" }`,
    );
  }
  if (wanted === undefined && declared.length === 1) return first;
  if (wanted !== undefined && declared.includes(wanted)) return wanted;
  throw new OptionError(
    `${kind}: ${from}: expected one of its ${kind}s (${declared.join(', ')}), got ${wanted ?? 'none'}; say which: ${from}:${first}`,
  );
}
