export { adding } from './adding.ts';
export { type CopyMemoryOptions, copyMemory } from './copy-memory.ts';
export { type ParityOptions, parity } from './parity.ts';
