export { type AdagradOptions, type AdagradState, adagrad } from './adagrad.ts';
export { type AdamOptions, type AdamState, type AdamwOptions, adam, adamw } from './adam.ts';
export { chain } from './chain.ts';
export { clipByGlobalNorm, clipByValue, type Stateless } from './clip.ts';
export { factories } from './factories.ts';
export { type Plateau, type PlateauOptions, type PlateauState, plateau } from './plateau.ts';
export { type RmspropOptions, type RmspropState, rmsprop } from './rmsprop.ts';
export {
  constant,
  cosine,
  cosineRestarts,
  exponentialDecay,
  type Schedule,
  stepDecay,
  warmup,
} from './schedules.ts';
export { type SgdOptions, type SgdState, sgd } from './sgd.ts';
export { applyUpdates, globalNorm } from './updates.ts';
