import { type Cell, isPackageName, OptionError, type Tree } from '@elman/core';
import { type Exports, locatePackage, manifestOf } from './packages.ts';

/** Any cell without context. */
type AnyCell = Cell<Tree, Tree>;
/** What makes a cell from two sizes; further options have defaults. */
export type CellFactory = (options: { readonly inputSize: number; readonly hiddenSize: number }) => AnyCell;

const BUILT_IN = '@elman/cells';
const SMALL = { inputSize: 1, hiddenSize: 1 };

/**
 * A factory of cells by name: one of `@elman/cells`, or a package that exports a cell.
 *
 * A package says which export it is in its package.json, `"elman": { "cell": "exportName" }`; without that, its only
 * exported function is the one. What the factory makes carries a recipe, so that a saved model can be loaded.
 *
 * @throws {OptionError} naming the built-in cells, if there is no such cell and no such package.
 */
export async function findCell(name: string, workingFolder?: string): Promise<CellFactory> {
  const builtIn: Exports = await import('@elman/cells');
  if (Object.hasOwn(builtIn, name) && isCell(tried(builtIn[name]))) {
    return withRecipe(BUILT_IN, name, builtIn[name] as CellFactory);
  }
  const location = isPackageName(name) ? locatePackage(name, workingFolder) : undefined;
  if (location === undefined) {
    const known = builtInCells(builtIn).join(', ');
    throw new OptionError(`cell: "${name}" is neither a built-in cell (${known}) nor an installed package.`);
  }
  const exports = (await import(location)) as Exports;
  const factory = chooseExport(name, exports, location);
  return withRecipe(name, factory, exports[factory] as CellFactory);
}

/** The names among the exports of `@elman/cells` that make a cell when given two sizes. */
export function builtInCells(exports: Exports): string[] {
  return Object.keys(exports).filter((name) => isCell(tried(exports[name])));
}

/** The export of a package that makes its cell. */
function chooseExport(name: string, exports: Exports, location: string): string {
  const functions = Object.keys(exports).filter((key) => typeof exports[key] === 'function');
  const declared = manifestOf(name, location)?.elman?.cell;
  if (declared !== undefined) {
    if (functions.includes(declared)) return declared;
    throw new OptionError(`cell: ${name}: its package.json names the cell "${declared}"; it exports no such function.`);
  }
  if (functions.length === 1) return functions[0] as string;
  throw new OptionError(
    `cell: ${name}: expected one exported function, got ${functions.join(', ') || 'none'}; package.json can say which: "elman": { "cell": "NAME" }`,
  );
}

function withRecipe(from: string, factory: string, make: CellFactory): CellFactory {
  return (options) => {
    const cell: unknown = make(options);
    if (!isCell(cell)) {
      throw new OptionError(
        `cell: ${factory} of ${from}: expected a cell (a record with init, initialState and step).`,
      );
    }
    return { ...cell, recipe: cell.recipe ?? { package: from, factory, arguments: [options] } };
  };
}

function isCell(made: unknown): made is AnyCell {
  const cell = (made ?? {}) as Partial<AnyCell>;
  return [cell.init, cell.initialState, cell.step].every((part) => typeof part === 'function');
}

/** What a function makes of two small sizes, if it takes them. */
function tried(factory: unknown): unknown {
  try {
    return (factory as CellFactory)(SMALL);
  } catch {
    return undefined;
  }
}
