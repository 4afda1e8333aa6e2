export { backward, forward } from './lstm';
export { gather, spread } from './pack';
