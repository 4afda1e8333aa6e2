import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What a package exports. */
export type Exports = { readonly [name: string]: unknown };

/** What a package.json may say to this command. */
export interface Manifest {
  readonly name?: string;
  readonly elman?: { readonly cell?: string; readonly task?: string };
}

/** Imports a package from where this command is installed, else from where the person works. */
export async function importPackage(name: string, workingFolder: string = process.cwd()): Promise<Exports> {
  return (await import(locatePackage(name, workingFolder) ?? name)) as Exports;
}

/** The address of a package's main file: first as this command sees it, then as the working folder does. */
export function locatePackage(name: string, workingFolder: string = process.cwd()): string | undefined {
  try {
    const address = import.meta.resolve(name);
    if (address.startsWith('file:') && existsSync(fileURLToPath(address))) return address;
  } catch {
    // Not installed beside this command.
  }
  const require = createRequire(join(workingFolder, 'noop.js'));
  try {
    const file = require.resolve(name);
    return file === name ? undefined : pathToFileURL(file).href;
  } catch (error) {
    const forImportOnly = (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
    return forImportOnly ? locateForImport(name, require.resolve.paths(name) ?? []) : undefined;
  }
}

/** The package.json of the package whose main file is at `location`. */
export function manifestOf(name: string, location: string): Manifest | undefined {
  for (let folder = dirname(fileURLToPath(location)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
      if (manifest.name === name) return manifest;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** What `exports` leads to under each condition. */
type Target = string | null | undefined | { readonly [condition: string]: Target };

/** A package whose `exports` answer `import` alone, which `require.resolve` does not see. */
function locateForImport(name: string, folders: readonly string[]): string | undefined {
  const folder = folders.find((parent) => existsSync(join(parent, name, 'package.json')));
  if (folder === undefined) return undefined;
  const root = join(folder, name);
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports?: Target };
  const main = forImport(typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports);
  return main === undefined ? undefined : pathToFileURL(join(root, main)).href;
}

function forImport(target: Target): string | undefined {
  if (typeof target !== 'object' || target === null) return target ?? undefined;
  const condition = Object.keys(target).find((key) => ['node', 'import', 'default'].includes(key));
  return condition === undefined ? undefined : forImport(target[condition]);
}
