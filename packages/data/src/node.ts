/** Functions that read files, for Node alone. */
export { decodeText } from './decode-text.ts';
export { readText } from './read-text.ts';
