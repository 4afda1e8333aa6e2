export { type NtmMemoryOptions, type NtmMemoryState, ntmMemory } from './ntm.ts';
