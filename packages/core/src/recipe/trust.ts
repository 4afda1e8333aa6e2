import { ElmanError, OptionError } from '../errors.ts';
import { type Factory, KINDS, type Kind, type Part } from './factory.ts';
import { installedPackage } from './installed.ts';
import { ownExport } from './own-value.ts';
import { isFileName } from './package-name.ts';
import { reasonOf } from './quoted.ts';

/** What a package exports, or the part of it that is trusted. */
export type Exports = { readonly [name: string]: unknown };

/**
 * The packages that a recipe may name, and the exports that may be called. A list of names, in Node: they are looked up from the
 * program and the working directory, and their package.json lists the exports that are factories, `"elman": { "cell": "minGru" }`. Or
 * an object, anywhere: by the name of the package, `true` for the same look-up, or the factories themselves (functions, or
 * records of type `Factory`), or a function that loads these.
 */
export type Trust = readonly string[] | { readonly [name: string]: Trusted };

/** What is trusted of a package; see `Trust`. */
export type Trusted = true | Exports | (() => Promise<Exports>);

/** A trusted package. Only `load` may run third-party code. */
export interface TrustedPackage {
  /** The declaration of a factory; undefined if it is none. */
  about(factory: string): About | undefined;
  load(): Promise<Exports>;
}

/** The declaration of a factory. */
interface About {
  /** Undefined: of any kind, from a record of functions that the program passed. */
  readonly makes?: Kind | undefined;
  /** Undefined: recipes may be anywhere among its arguments. */
  readonly parts?: readonly Part[] | undefined;
}

/** Trust in the form of an object. */
export function trustMap(trust: Trust = []): { readonly [name: string]: Trusted } {
  if (!Array.isArray(trust)) return trust as { readonly [name: string]: Trusted };
  return Object.fromEntries((trust as readonly string[]).map((name) => [name, true]));
}

/**
 * Opens a package that is trusted; one that is looked up is not imported yet.
 * @throws {OptionError} if it is not installed.
 */
export async function openTrusted(trust: Trust, name: string): Promise<TrustedPackage> {
  const given = trustMap(trust)[name] as Trusted;
  if (given === true) return openInstalled(name);
  const exports = typeof given === 'function' ? await loaded(name, given as () => Promise<Exports>) : given;
  return { about: (factory) => aboutExport(ownExport(exports, factory)), load: async () => exports };
}

/** The function behind an export. */
export function functionOf(exported: unknown): ((...given: unknown[]) => unknown) | undefined {
  const make = isFactory(exported) ? exported.make : exported;
  return typeof make === 'function' ? (make as (...given: unknown[]) => unknown) : undefined;
}

async function openInstalled(name: string): Promise<TrustedPackage> {
  if (isFileName(name)) {
    throw new OptionError(
      `${name} is a file, which is not looked up; give what it exports: trust: { '${name}': { … } }`,
    );
  }
  const found = await installedPackage(name);
  if (found === undefined) {
    throw new OptionError(`the package ${name} is not installed here; install it with: npm install ${name}`);
  }
  return {
    about: (factory) => {
      const makes = KINDS.find((kind) => found.factories[kind].includes(factory));
      return makes && { makes };
    },
    load: () => loaded(name, found.load),
  };
}

async function loaded(name: string, load: () => Promise<Exports>): Promise<Exports> {
  try {
    return await load();
  } catch (error) {
    if (ElmanError.isInstance(error)) throw error;
    throw new OptionError(`the package ${name} cannot be loaded (${reasonOf(error)}).`, { cause: error });
  }
}

function aboutExport(exported: unknown): About | undefined {
  if (isFactory(exported)) return { makes: exported.makes, parts: exported.parts ?? [] };
  return typeof exported === 'function' ? {} : undefined;
}

function isFactory(exported: unknown): exported is Factory {
  if (typeof exported !== 'object' || exported === null) return false;
  const { makes, make } = exported as Partial<Factory>;
  return KINDS.includes(makes as Kind) && typeof make === 'function';
}
