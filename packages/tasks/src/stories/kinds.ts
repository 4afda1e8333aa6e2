import { oneFact, threeFacts, twoFacts } from './facts.ts';
import type { Tell } from './teller.ts';

/** A kind of question: its number among the bAbI tasks, and what tells stories with it. */
export type StoryKindDefinition = { readonly number: number; readonly tell: Tell };

/** The name of a kind of question. */
export type StoryKind = 'one-fact' | 'two-facts' | 'three-facts';

/** The kinds of question. */
export const storyKinds: { readonly [K in StoryKind]: StoryKindDefinition } = {
  'one-fact': { number: 1, tell: oneFact },
  'two-facts': { number: 2, tell: twoFacts },
  'three-facts': { number: 3, tell: threeFacts },
};
