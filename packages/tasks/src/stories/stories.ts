import { expectSizes, OptionError, Rng } from '@elman/core';
import { type StoryKind, storyKinds } from './kinds.ts';
import { linesOf } from './teller.ts';

/** Which stories, and how many. */
export type StoriesOptions = {
  readonly kind: StoryKind;
  /** Total number of questions; most stories have several. */
  readonly count: number;
  readonly seed: number | string;
};

/**
 * Stories of people, places and things, with questions about them, as text in the format of the bAbI tasks, which
 * `readStories` of @elman/data reads. What happens is simulated, so every answer is right, and the lines it follows
 * from are known.
 *
 *   1 Mira walked to the garden.
 *   2 Jonas hurried to the library.
 *   3 Where is Mira?<TAB>garden<TAB>1
 *
 * Story i depends on the kind, the seed and i alone: a larger count appends to the same questions.
 *
 * @throws {OptionError} for a kind that does not exist, or a count below 1.
 * @see the twenty kinds: Weston et al. 2015. Worlds, words and code are our own.
 */
export function stories({ kind, count, seed }: StoriesOptions): string {
  const where = 'tasks: stories';
  expectSizes(where, { count });
  const found = Object.hasOwn(storyKinds, kind) ? storyKinds[kind] : undefined;
  if (found === undefined) {
    throw new OptionError(`${where}: kind: expected one of ${Object.keys(storyKinds).join(', ')}; got ${kind}.`);
  }
  const rng = Rng.seeded(seed).fork(kind);
  const lines: string[] = [];
  for (let story = 0, left = count; left > 0; story++) {
    const told = linesOf(found, rng.fork(story), left);
    lines.push(...told.lines);
    left -= told.asked;
  }
  return lines.map((line) => `${line}\n`).join('');
}
