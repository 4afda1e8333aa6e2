import { stat } from 'node:fs/promises';
import module from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ElmanError, type Exports, isFileName, OptionError } from '@elman/core';

/** Whether a name is the path of a file: it begins as one, since `my-cell.mjs` may be a package, too. */
export const isPath = (name: string): boolean => /^(?:\.{1,2}[\\/]|[\\/]|[A-Za-z]:[\\/])/.test(name);

/** What recipes call a file: by its name without its path, so that no model decides which file runs. */
export const nameOfFile = (path: string): string => `file:${basename(resolve(path)).replaceAll(/[^\w.~-]/g, '-')}`;

/**
 * Imports a file of a person's own, which runs its code.
 * @throws {OptionError} if it is not there or cannot be loaded.
 */
export async function importFile(path: string, workingFolder: string = process.cwd()): Promise<Exports> {
  const file = resolve(workingFolder, path);
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) {
    throw new OptionError(`${path}: there is no such file.`);
  }
  if (!isFileName(nameOfFile(path))) throw new OptionError(`${path}: expected a file of JavaScript, as my-cell.mjs.`);
  lendPackages();
  try {
    return await import(/* @vite-ignore */ pathToFileURL(file).href);
  } catch (error) {
    if (ElmanError.isInstance(error)) throw error;
    const [reason] = `${(error as Error | null)?.message ?? error}`.split('\n');
    throw new OptionError(`${path}: cannot be loaded (${reason}).`, { cause: error });
  }
}

/**
 * The export of a file that makes what is wanted: the one that is named, or the default export, or the only function.
 * @throws {OptionError} if there is none, or several.
 */
export function onlyFactory(where: string, exports: Exports, wanted?: string): string {
  const functions = Object.keys(exports)
    .sort()
    .filter((name) => typeof exports[name] === 'function');
  if (wanted !== undefined && functions.includes(wanted)) return wanted;
  if (wanted === undefined && functions.includes('default')) return 'default';
  const [first] = functions;
  if (wanted === undefined && first !== undefined && functions.length === 1) return first;
  const list = functions.join(', ') || 'none';
  if (wanted !== undefined) throw new OptionError(`${where}: it exports no function ${wanted}; it has ${list}.`);
  const advice = first === undefined ? 'export one.' : `say which: ${where.replace(/^\w+: /, '')}:${first}`;
  throw new OptionError(`${where}: expected one exported function, got ${list}; ${advice}`);
}

/** Packages of this program that a file may import where they are not installed. */
const LENT = /^@(?:elman|tensorflow)\//;
let isLent = false;

/** Lets a file that lies where no package is installed import Elman and TensorFlow.js: those of this program. */
function lendPackages(): void {
  // Node 20.0 to 20.5 have neither: there the packages are installed beside the file.
  if (isLent || (module.registerHooks ?? module.register) === undefined) return;
  isLent = true;
  const from = [import.meta.url, import.meta.resolve('@elman/cells')];
  if (typeof module.registerHooks === 'function') {
    module.registerHooks({
      resolve(name, context, next) {
        const parents = [context.parentURL, ...(LENT.test(name) ? from : [])];
        let first: unknown;
        for (const parentURL of parents) {
          try {
            return next(name, { ...context, parentURL });
          } catch (error) {
            first ??= error;
          }
        }
        throw first;
      },
    });
  } else {
    const hook = `
      export async function resolve(name, context, next) {
        let first;
        for (const parentURL of [context.parentURL, ...(${LENT}.test(name) ? ${JSON.stringify(from)} : [])]) {
          try { return await next(name, { ...context, parentURL }); } catch (error) { first ??= error; }
        }
        throw first;
      }`;
    module.register(`data:text/javascript,${encodeURIComponent(hook)}`);
  }
}
