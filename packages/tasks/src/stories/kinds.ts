import { oneFact, threeFacts, twoFacts } from './facts.ts';
import { counting, lists, yesNo } from './holdings.ts';
import { motives } from './motives.ts';
import { positions, sizes } from './orders.ts';
import { paths } from './paths.ts';
import { compoundCoreference, conjunction, coreference } from './references.ts';
import { threeArguments, twoArguments } from './relations.ts';
import { deduction, induction } from './rules.ts';
import type { Tell } from './teller.ts';
import { timeReasoning } from './times.ts';
import { indefinite, negation } from './uncertain.ts';

/** The name of a kind of question. */
export type StoryKind =
  | 'one-fact'
  | 'two-facts'
  | 'three-facts'
  | 'two-arguments'
  | 'three-arguments'
  | 'yes-no'
  | 'counting'
  | 'lists'
  | 'negation'
  | 'indefinite'
  | 'coreference'
  | 'conjunction'
  | 'compound-coreference'
  | 'time'
  | 'deduction'
  | 'induction'
  | 'positions'
  | 'sizes'
  | 'paths'
  | 'motives';

/** The twenty kinds of question in the order of the bAbI tasks, with the story generator of each. */
export const storyKinds: { readonly [K in StoryKind]: Tell } = {
  'one-fact': oneFact,
  'two-facts': twoFacts,
  'three-facts': threeFacts,
  'two-arguments': twoArguments,
  'three-arguments': threeArguments,
  'yes-no': yesNo,
  counting,
  lists,
  negation,
  indefinite,
  coreference,
  conjunction,
  'compound-coreference': compoundCoreference,
  time: timeReasoning,
  deduction,
  induction,
  positions,
  sizes,
  paths,
  motives,
};
