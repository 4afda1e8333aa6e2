export { adding } from './adding.ts';
export { type CopyMemoryOptions, copyMemory } from './copy-memory.ts';
export { largerTotal } from './larger-total.ts';
export { type LatchingOptions, latching } from './latching.ts';
export { type ParityOptions, parity } from './parity.ts';
export { sumOfInputs } from './sum-of-inputs.ts';
