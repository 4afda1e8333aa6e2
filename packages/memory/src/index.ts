export { type DncMemoryOptions, type DncMemoryState, type DncUnlinkedState, dncMemory } from './dnc.ts';
export type { DncLinks } from './dnc-links.ts';
export { type NtmMemoryOptions, type NtmMemoryState, ntmMemory } from './ntm.ts';
