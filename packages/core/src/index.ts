export { breather } from './breathe.ts';
export * from './errors.ts';
export { type LossAnd, valueAndGrad, withoutGradient } from './gradient.ts';
export { naturalLog, Rng, type RngPosition } from './random.ts';
export { type ImportPackage, isPackageName, isRecipe, remake } from './recipe.ts';
export { expectShape, expectSizes } from './shape.ts';
export * as tree from './tree.ts';
export type * from './types.ts';
