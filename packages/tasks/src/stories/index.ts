export { type StoryKind, storyKinds } from './kinds.ts';
export { type StoriesOptions, stories } from './stories.ts';
export type { Tell, Teller } from './teller.ts';
