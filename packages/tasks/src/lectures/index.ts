export { adding } from './adding.ts';
export { type ParityOptions, parity } from './parity.ts';
