export { breather } from './breathe.ts';
export * from './errors.ts';
export { expectJson, type JsonCheck, json } from './expect-json.ts';
export { expectAwaited, expectMethods } from './expect-methods.ts';
export { expectParamsOf, withParamsOf } from './expect-params.ts';
export { type LossAnd, valueAndGrad, withoutGradient } from './gradient.ts';
export { type Loading, loading } from './loading.ts';
export type * from './memory.ts';
export { isFloat32, isId, shown } from './numbers.ts';
export { oneLine } from './one-line.ts';
export { type ParseJsonOptions, parseJson } from './parse-json.ts';
export { placeholder } from './placeholder.ts';
export { naturalLog, Rng, type RngPosition } from './random.ts';
export {
  described,
  type Factories,
  type Factory,
  isOfKind,
  type Kind,
  type OptionType,
  type Part,
  type PartSizes,
} from './recipe/factory.ts';
export { type InstalledPackage, installedPackage } from './recipe/installed.ts';
export { isFileName, isPackageName } from './recipe/package-name.ts';
export { isRecipe, packagesOf } from './recipe/recipe.ts';
export { type RemakeOptions, remake } from './recipe/remake.ts';
export { type Exports, type Trust, type Trusted, trustMap } from './recipe/trust.ts';
export { expectFrames, expectShape, expectSizes } from './shape.ts';
export { shapesOf } from './shapes-of.ts';
export type * from './token-model.ts';
export * as tree from './tree.ts';
export type * from './types.ts';
