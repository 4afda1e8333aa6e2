import { OptionError } from '../errors.ts';
import { KINDS, type Kind } from './factory.ts';
import { isPackageName } from './package-name.ts';

/** An installed third-party package. */
export interface InstalledPackage {
  readonly folder: string;
  /** The exports that its package.json declares as factories, `"elman": { "cell": "minGru" }` or a list of names, by their kinds. */
  readonly factories: { readonly [kind in Kind]: readonly string[] };
  /** Imports it, which runs its code. */
  load(): Promise<{ readonly [name: string]: unknown }>;
}

/**
 * Looks for an installed package without importing it: in `node_modules` of the folders and of those around them. Undefined if there is
 * none of that name.
 *
 * @param folders where to begin; default: the folder of the program and the working directory.
 * @throws {OptionError} outside of Node, where no packages are installed; or for a package.json that cannot be read.
 */
export async function installedPackage(
  name: string,
  folders?: readonly string[],
): Promise<InstalledPackage | undefined> {
  if (!isPackageName(name)) return undefined;
  if (globalThis.process?.versions?.node === undefined) {
    throw new OptionError(
      `the package ${name} cannot be looked up outside of Node; give what it exports: trust: { '${name}': { … } }`,
    );
  }
  const { fs, path, url } = await nodeModules();
  const starts = folders ?? [programFolder(fs, path), process.cwd()];
  for (const start of starts) {
    for (let around = path.resolve(start); ; around = path.dirname(around)) {
      const folder = path.join(around, 'node_modules', name);
      if (fs.existsSync(path.join(folder, 'package.json'))) {
        const manifest = readManifest(fs, path.join(folder, 'package.json'));
        const load = () =>
          import(/* @vite-ignore */ /* webpackIgnore: true */ url.pathToFileURL(mainFile(folder, manifest)).href);
        return { folder, factories: declared(manifest), load };
      }
      if (around === path.dirname(around)) break;
    }
  }
  return undefined;

  function mainFile(folder: string, { exports, main }: Manifest): string {
    const conditions = new Set(['node', 'import', 'default', ...customConditions()]);
    const hasPaths = typeof exports === 'object' && exports !== null && '.' in exports;
    const told =
      exports === undefined ? main : pick(hasPaths ? (exports as { '.': Target })['.'] : exports, conditions);
    const wanted = path.join(folder, told ?? (exports === undefined ? 'index.js' : '.'));
    const file = [wanted, `${wanted}.js`, path.join(wanted, 'index.js')].find((one) =>
      fs.statSync(one, { throwIfNoEntry: false })?.isFile(),
    );
    if (file === undefined) throw new OptionError(`the package ${name} has no main file that can be imported.`);
    return fs.realpathSync(file);
  }
}

type Target = string | null | undefined | readonly Target[] | { readonly [condition: string]: Target };
type Manifest = {
  readonly exports?: Target;
  readonly main?: string;
  readonly elman?: { readonly [kind: string]: unknown } | null;
};

/** Resolves `exports` under these conditions. */
function pick(target: Target, conditions: ReadonlySet<string>): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  const choices = Array.isArray(target)
    ? (target as readonly Target[])
    : Object.entries(target).flatMap(([condition, chosen]) => (conditions.has(condition) ? [chosen as Target] : []));
  for (const choice of choices) {
    const file = pick(choice, conditions);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Conditions that Node was started with: `--conditions=source`, `-C source`. */
function customConditions(): string[] {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')].join(' ');
  return [...flags.matchAll(/(?:^|\s)(?:--conditions|-C)[=\s](\S+)/g)].map(([, condition]) => condition as string);
}

function declared({ elman }: Manifest): InstalledPackage['factories'] {
  const namesOf = (kind: Kind): readonly string[] =>
    [elman?.[kind]].flat().filter((name): name is string => typeof name === 'string');
  return Object.fromEntries(KINDS.map((kind) => [kind, namesOf(kind)])) as InstalledPackage['factories'];
}

function readManifest(fs: typeof import('node:fs'), file: string): Manifest {
  try {
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as Manifest | null;
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch (error) {
    throw new OptionError(`${file}: cannot be read as JSON; install the package again.`, { cause: error });
  }
}

function programFolder(fs: typeof import('node:fs'), path: typeof import('node:path')): string {
  const program = process.argv[1];
  if (program === undefined) return process.cwd();
  try {
    return path.dirname(fs.realpathSync(program));
  } catch {
    return process.cwd();
  }
}

/** Modules of Node, imported by names that bundlers for pages do not follow. */
async function nodeModules() {
  const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${name}`);
  return {
    fs: (await load('fs')) as typeof import('node:fs'),
    path: (await load('path')) as typeof import('node:path'),
    url: (await load('url')) as typeof import('node:url'),
  };
}
