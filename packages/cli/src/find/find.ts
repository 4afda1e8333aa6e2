import { described, type Factory, installedPackage, isOfKind, OptionError, type Recipe } from '@elman/core';
import { commandLine } from '../exit.ts';
import { didYouMean } from '../near.ts';
import { expectOptions } from './expect-options.ts';
import { KINDS, shortName, type Wanted } from './kinds.ts';
import { importFile, isPath, nameOfFile, onlyFactory } from './own-file.ts';
import { type Options, readTyped, type Typed } from './typed.ts';

/** A factory that was found by what was typed, with the options that were. */
export interface Found<T> {
  /** Of the factory. */
  readonly name: string;
  readonly isBuiltIn: boolean;
  /** Those that were typed. */
  readonly options: Options;
  /**
   * Makes one; `given` are the sizes and rates that the command sets, and values that are no JSON; `part` is what it is made
   * of, or a list.
   */
  make(given?: { readonly [option: string]: unknown }, part?: unknown): T;
}

/** How to find it. */
export interface FindOptions {
  /** Options that were told beside the text: `--with`, `--cell-with`. */
  readonly with?: Options | undefined;
  readonly workingFolder?: string | undefined;
}

/**
 * A factory by what is typed, `name:option=value,option=value`. The name is that of a built-in one, of an installed
 * package whose package.json declares it, `"elman": { "cell": "exportName" }`, or the path of a file that exports it,
 * `./my-cell.mjs`. Of several in a package or a file, `name:exportName` says which.
 *
 * Naming a package or a file here is to trust it: it is imported, a package not before it is known to declare what is wanted.
 *
 * @throws {OptionError} if there is none of that name, or no such option, with those most like it.
 */
export async function find<T>(kind: Wanted, text: string | Typed, told: FindOptions = {}): Promise<Found<T>> {
  const { name, wanted, options: typed } = typeof text === 'string' ? readTyped(kind, text) : text;
  const options = { ...typed, ...told.with };
  const builtIn = await builtInFactory(kind, name);
  if (builtIn !== undefined) {
    if (wanted !== undefined) throw new OptionError(`${kind}: ${name}: expected option=value, got "${wanted}".`);
    const checked = expectOptions(`${kind}: ${name}`, builtIn.options, options);
    const make = builtIn.make as (...given: unknown[]) => unknown;
    return {
      name,
      isBuiltIn: true,
      options: checked,
      make: (given, ...part) => make(...part, { ...builtIn.defaults, ...checked, ...given }) as T,
    };
  }
  const { from, factory, make } = isPath(name)
    ? await ofFile(kind, name, wanted, told)
    : await ofPackage(kind, name, wanted, told);
  return {
    name: factory,
    isBuiltIn: false,
    options,
    make: (given, ...part) => madeBy(kind, from, factory, make, [...part, { ...options, ...given }]),
  };
}

/** The built-in factory of a name, as lists have it or as it is exported. */
export async function builtInFactory(kind: Wanted, name: string): Promise<Factory | undefined> {
  const builtIn = await KINDS[kind].builtIn();
  const known = kind === 'attention' ? shortName(name) : name;
  return Object.hasOwn(builtIn, known) ? builtIn[known] : undefined;
}

/** A factory of others: where it is from, its export there, and the function. */
interface Foreign {
  readonly from: string;
  readonly factory: string;
  readonly make: (...given: readonly unknown[]) => unknown;
}

async function ofFile(kind: Wanted, path: string, wanted: string | undefined, told: FindOptions): Promise<Foreign> {
  const exports = await importFile(path, told.workingFolder);
  const factory = onlyFactory(`${kind}: ${path}`, exports, wanted);
  return { from: nameOfFile(path), factory, make: exports[factory] as Foreign['make'] };
}

async function ofPackage(kind: Wanted, from: string, wanted: string | undefined, told: FindOptions): Promise<Foreign> {
  const found = await installedPackage(from, told.workingFolder === undefined ? undefined : [told.workingFolder]);
  if (found === undefined) throw await unknownName(kind, from);
  const factory = declaredExport(kind, from, wanted, found.factories[kind]);
  const exports = await found.load();
  const make = Object.hasOwn(exports, factory) ? exports[factory] : undefined;
  if (typeof make === 'function') return { from, factory, make: make as Foreign['make'] };
  throw new OptionError(
    `${kind}: ${from}: its package.json names the ${kind} "${factory}"; it exports no such function.`,
  );
}

/** The error for a name that nothing has. */
export async function unknownName(kind: Wanted, name: string): Promise<OptionError> {
  const { command, builtIn } = KINDS[kind];
  const known = [...Object.keys(await builtIn()), ...(kind === 'attention' ? ['none'] : [])];
  const file = /\.[cm]?[jt]s$/.test(name) ? `; a file is typed "./${name}";` : ';';
  const near = didYouMean(name, known) || file;
  return new OptionError(
    `${kind}: "${name}" is neither a built-in ${kind} nor an installed package${near} "${commandLine(command)}" lists what is built in.`,
  );
}

/** The export of a package that makes what is wanted, as its package.json has it. */
function declaredExport(kind: Wanted, from: string, wanted: string | undefined, declared: readonly string[]): string {
  const [first] = declared;
  if (first === undefined) {
    throw new OptionError(
      `${kind}: ${from}: its package.json declares no ${kind}; wanted there is: "elman": { "${kind}": "EXPORT" }`,
    );
  }
  if (wanted === undefined && declared.length === 1) return first;
  if (wanted !== undefined && declared.includes(wanted)) return wanted;
  throw new OptionError(
    `${kind}: ${from}: expected one of those it declares (${declared.join(', ')}), got ${wanted ?? 'none'}; say which: ${from}:${first}`,
  );
}

/** What a factory of others makes, with the recipe to make it again: one that it has from a part of it would make that part. */
function madeBy<T>(kind: Wanted, from: string, factory: string, make: Foreign['make'], given: readonly unknown[]): T {
  const made: unknown = make(...given);
  if (!isOfKind(kind, made)) {
    throw new OptionError(
      `${kind}: ${factory} of ${from}: expected ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} (${described(kind)}).`,
    );
  }
  if (kind === 'optimizer' || (made as { recipe?: Recipe }).recipe?.package === from) return made as T;
  const recipes = given.map((one) => (isOfKind('cell', one) ? (one as { recipe?: Recipe }).recipe : one));
  return { ...(made as object), recipe: { package: from, factory, arguments: recipes } } as T;
}
