import { type Cell, type Factories, isRecipe, type Json, OptionError, type Tree } from '@elman/core';
import { stack } from '@elman/rnn';
import { expectKnown, type Made } from './known.ts';
import { findMemory, withMemory } from './memory.ts';
import { findPlugin, type PluginKind } from './plugins.ts';

/** Any cell without context. */
export type AnyCell = Cell<Tree, Tree>;
/** What makes a cell from two sizes; further options have defaults. */
export type CellFactory = (
  options: { readonly inputSize: number; readonly hiddenSize: number } & CellOptions,
) => AnyCell;
/** Further options of the cell. */
export type CellOptions = { readonly [option: string]: Json };

/**
 * A factory of cells by name: one of `@elman/cells`, or a package that declares a cell. What the factory makes carries
 * a recipe, so that a saved model can be loaded. With a memory of `@elman/memory` after a plus, as `lstm+ntmMemory`,
 * it is the cell that commands it.
 *
 * @throws {OptionError} naming the built-in cells, if there is no such cell and no such package; or the memories.
 */
export async function findCell(name: string, workingFolder?: string): Promise<CellFactory> {
  const plus = name.indexOf('+');
  if (plus < 0) return findController(name, workingFolder);
  const controller = await findController(name.slice(0, plus), workingFolder);
  return withMemory(controller, await findMemory(name.slice(plus + 1)));
}

async function findController(name: string, workingFolder?: string): Promise<CellFactory> {
  return findPlugin(cells(await builtInCells()), name, workingFolder);
}

/** The cells of `@elman/cells` that are made from two sizes: not those around another cell. */
export async function builtInCells(): Promise<Factories> {
  const { factories } = await import('@elman/cells');
  return Object.fromEntries(Object.entries(factories).filter(([, { parts }]) => parts === undefined));
}

/** How cells are stacked. */
export type StackSettings = {
  readonly inputSize: number;
  readonly hidden: number;
  readonly layers: number;
  readonly cellWith?: CellOptions | undefined;
};

/** So many cells, one on the other. */
export function stacked(make: CellFactory, settings: StackSettings): AnyCell {
  const { inputSize, hidden, layers, cellWith = {} } = settings;
  const all: AnyCell[] = [];
  for (let i = 0; i < layers; i++)
    all.push(make({ inputSize: all.at(-1)?.outputSize ?? inputSize, hiddenSize: hidden, ...cellWith }));
  expectKnown('cell: with', controllerOf(all[0] as AnyCell), cellWith);
  return all.length === 1 ? (all[0] as AnyCell) : (stack(all) as AnyCell);
}

/** Of a cell with a memory, the cell without. */
function controllerOf({ name, recipe }: AnyCell): Made {
  const [first] = recipe?.arguments ?? [];
  return isRecipe(first) ? { name: first.factory, recipe: first } : { name, recipe };
}

const cells = (builtIn: Factories): PluginKind<CellFactory> => ({
  kind: 'cell',
  builtInPackage: '@elman/cells',
  builtIn,
  withRecipe,
});

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
