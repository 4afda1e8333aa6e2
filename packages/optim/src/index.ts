export { type AdamOptions, type AdamState, type AdamwOptions, adam, adamw } from './adam.ts';
export { chain } from './chain.ts';
export { clipByGlobalNorm, clipByValue, type Stateless } from './clip.ts';
export type { Schedule } from './schedules.ts';
export { applyUpdates, globalNorm } from './updates.ts';
