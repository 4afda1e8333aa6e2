import { isFileName, isPackageName, TrustError, type Trusted } from '@elman/core';
import { type KeptModel, loadModel, packagesToTrust } from '@elman/models';
import { builtInFactory } from './find/find.ts';
import type { Wanted } from './find/kinds.ts';
import { importFile, isPath, nameOfFile } from './find/own-file.ts';
import { readAround, readCell, readTyped } from './find/typed.ts';

/** Options of a command that loads a model. */
export interface TrustArguments {
  /** Packages and files that the model may name. */
  readonly trust?: readonly string[];
  /** The cell and the attention that were named, whose packages and files are trusted too. */
  readonly cell?: string;
  readonly attention?: string;
}

/** The packages and files whose code a person wants to run, by naming them; those of Elman are not among them. */
async function named({ trust = [], cell = '', attention = '' }: TrustArguments): Promise<readonly string[]> {
  const texts: readonly (readonly [Wanted, string])[] = [...cellsIn(cell), ['attention', attention]];
  const names: string[] = [...trust];
  for (const [kind, text] of texts) {
    const from = readTyped(kind, text).name;
    const isForeign = isPath(from) || (isPackageName(from) && (await builtInFactory(kind, from)) === undefined);
    if (isForeign && from !== 'none') names.push(from);
  }
  return names;
}

/** The combinators, the cell and the memory of what is typed for a cell. */
function cellsIn(text: string): (readonly [Wanted, string])[] {
  const [outer, of] = readAround(text);
  if (of !== undefined) return [['cell', outer], ...cellsIn(of)];
  const [controller, memory = ''] = readCell(text);
  return [
    ['cell', controller],
    ['memory', memory],
  ];
}

/** What a model may name, as `loadModel` takes it. A file is imported when the model names it. */
export async function trustOf(args: TrustArguments): Promise<{ readonly [name: string]: Trusted }> {
  const names = await named(args);
  return Object.fromEntries(
    names.map((name) => (isPath(name) ? [nameOfFile(name), () => importFile(name)] : [name, true])),
  );
}

/** `loadModel`; what it says of packages that are not trusted says how to trust them on the command line. */
export const loadTrusted: typeof loadModel = async (...given: Parameters<typeof loadModel>) => {
  try {
    return await loadModel(...given);
  } catch (error) {
    if (!TrustError.isInstance(error)) throw error;
    const flags = error.packages.slice(0, 3).map((name) => `--trust ${typedName(name)}`);
    throw new TrustError(error.finding, error.packages, flags.join(' '));
  }
};

/** The options without which a model with parts of other packages is not loaded; files as they were named. */
export async function trustOptions(model: KeptModel, args: TrustArguments): Promise<string[]> {
  const files = (await named(args)).filter(isPath);
  const typed = (name: string): string => files.find((path) => nameOfFile(path) === name) ?? typedName(name);
  return packagesToTrust(model).flatMap((name) => ['--trust', typed(name)]);
}

/** As it is typed: a file with a path, which a model does not know. */
const typedName = (name: string): string => (isFileName(name) ? name.replace('file:', './') : name);
