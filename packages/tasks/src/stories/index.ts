export { type StoryKind, type StoryKindDefinition, storyKinds } from './kinds.ts';
export { type StoriesOptions, stories } from './stories.ts';
