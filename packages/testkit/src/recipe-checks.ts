import { isRecipe, packagesOf, type Recipe, Rng, remake, type Tree } from '@elman/core';
import { ConformanceError } from './errors.ts';
import type { AnyCell, CellCheck, CellSubject } from './subject.ts';
import { expectTreesClose } from './trees.ts';

/** Checks of the recipe of a cell, if it has one. */
export const recipeChecks: readonly CellCheck[] = [
  { title: 'its recipe is JSON', applies: (cell) => cell.recipe !== undefined, run: recipeIsJson },
  {
    title: 'its recipe makes an equal cell',
    applies: (cell, { importPackage }) => cell.recipe !== undefined && importPackage !== undefined,
    run: recipeRemakes,
  },
];

const throughJson = (recipe: Recipe | undefined): Recipe => JSON.parse(JSON.stringify(recipe)) as Recipe;

async function recipeIsJson({ cell }: CellSubject): Promise<void> {
  const back = throughJson(cell.recipe);
  if (isRecipe(back) && sameJson(back, cell.recipe)) return;
  throw new ConformanceError(
    `${cell.name}: recipe: expected { package, factory, arguments } that survive JSON, got ${JSON.stringify(cell.recipe)}.`,
  );
}

async function recipeRemakes({ cell, options, input, params, state, context }: CellSubject): Promise<void> {
  const recipe = throughJson(cell.recipe);
  const importPackage = options.importPackage as NonNullable<typeof options.importPackage>;
  const trust = Object.fromEntries(packagesOf(recipe).map((name) => [name, () => importPackage(name)]));
  const made = (await remake(recipe, { kind: 'cell', trust })) as AnyCell;
  for (const key of ['name', 'inputSize', 'outputSize', 'recipe'] as const) {
    if (sameJson(made[key], cell[key])) continue;
    const [wanted, got] = [JSON.stringify(cell[key]), JSON.stringify(made[key])];
    throw new ConformanceError(`${cell.name}: recipe: expected a cell whose ${key} is ${wanted}, got ${got}.`);
  }
  const exactly = { relative: 0, absolute: 0, where: `${cell.name}: the cell made from the recipe` };
  await expectTreesClose(made.init(Rng.seeded(1)), cell.init(Rng.seeded(1)), exactly);
  const [again, before] = [made, cell].map((each) => each.step(params, state, input, context)) as unknown as [
    Tree,
    Tree,
  ];
  await expectTreesClose(again, before, exactly);
}

/** Whether two values are the same JSON, up to the order of keys. Unlike with JSON.stringify, undefined and NaN differ from null. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [keys, others] = [a, b].map((each) => Object.keys(each).sort()) as [string[], string[]];
  if (Array.isArray(a) !== Array.isArray(b) || keys.join() !== others.join()) return false;
  return keys.every((key) => sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
