import { DataError, OptionError } from '@elman/core';
import { readStories, type StoryQuestion, storyVocabulary } from '@elman/data';
import { type StoryKind, stories, storyKinds } from '@elman/tasks';

/** Questions for training, validation and test, and their vocabulary. */
export interface Questions {
  readonly name: string;
  readonly vocabulary: readonly string[];
  readonly training: readonly StoryQuestion[];
  readonly validation: readonly StoryQuestion[];
  readonly test: readonly StoryQuestion[];
}

/** The kinds that can be generated, in the order of the bAbI tasks. */
export const kinds: readonly StoryKind[] = Object.keys(storyKinds) as StoryKind[];

/** The kind of this name. */
export function findKind(name: string): StoryKind {
  const found = kinds.find((kind) => kind === name);
  if (found === undefined) throw new OptionError(`--kind: expected one of ${kinds.join(', ')}; got ${name}.`);
  return found;
}

/** Stories of one kind, different ones for each part. */
export function generated(kind: StoryKind, count: number, heldOut: number, seed: string): Questions {
  const part = (name: string, count: number) => readStories(stories({ kind, count, seed: `${name} ${seed}` }));
  return together(kind, part('train', count), part('validation', heldOut), part('test', heldOut));
}

/** The stories of a text: eight of ten for training, and one of ten for each of validation and test. */
export function fromText(name: string, text: string): Questions {
  const all = readStories(text);
  const of = (...digits: number[]) => all.filter(({ story }) => digits.includes(story % 10));
  const [training, validation, test] = [of(0, 1, 2, 3, 4, 5, 6, 7), of(8), of(9)];
  if (test.length === 0) throw new DataError(`--file ${name}: expected ten stories or more, got fewer.`);
  return together(name, training, validation, test);
}

function together(
  name: string,
  training: readonly StoryQuestion[],
  validation: readonly StoryQuestion[],
  test: readonly StoryQuestion[],
): Questions {
  return { name, vocabulary: storyVocabulary([...training, ...validation, ...test]), training, validation, test };
}
