/** Functions that read files, for Node alone. */
export { readText } from './read-text.ts';
