export { uniform } from './initializers.ts';
