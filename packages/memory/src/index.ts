export { type ContinuousDequeState, continuousDeque } from './continuous-deque.ts';
export type { ContinuousOptions, ContinuousState } from './continuous-line.ts';
export { continuousQueue } from './continuous-queue.ts';
export { continuousStack } from './continuous-stack.ts';
export { type NtmMemoryOptions, type NtmMemoryState, ntmMemory } from './ntm.ts';
export { type PushPopStackOptions, type PushPopStackState, pushPopStack } from './push-pop-stack.ts';
export { type TapeOptions, type TapeState, tape } from './tape.ts';
