import { OptionError } from '@elman/core';
import { readStories, storyVocabulary, writeStories } from '@elman/data';
import { describe, expect, it } from 'vitest';
import { type StoryKind, stories, storyKinds } from '../src/index.ts';
import { evaluateStory } from './story-evaluator.ts';

const kinds = Object.keys(storyKinds) as StoryKind[];

/** The share of the most frequent answer that is allowed, where it is not a third. */
const COMMONEST: { readonly [K in StoryKind]?: number } = {
  'yes-no': 0.56,
  counting: 0.5,
  lists: 0.45,
  negation: 0.65,
  indefinite: 0.45,
  positions: 0.56,
  sizes: 0.56,
};

describe('stories', () => {
  it('are of twenty kinds', () => {
    expect(kinds).toHaveLength(20);
    expect(new Set(kinds.map((kind) => stories({ kind, count: 3, seed: 1 }))).size).toBe(20);
  });

  for (const kind of kinds) {
    describe(kind, () => {
      const text = stories({ kind, count: 600, seed: 'test' });
      const questions = readStories(text);

      it('has the requested questions, and survives a round trip', () => {
        expect(questions).toHaveLength(600);
        expect(writeStories(questions)).toBe(text);
        expect(stories({ kind, count: 600, seed: 'test' })).toBe(text);
        expect(text.startsWith(stories({ kind, count: 123, seed: 'test' }))).toBe(true);
        expect(stories({ kind, count: 600, seed: 'other' })).not.toBe(text);
      });

      it('has the right answers, which follow from its supporting facts', () => {
        for (const { sentences, question, answers, supporting } of questions) {
          const wanted = answers.join(',');
          expect([question, evaluateStory(sentences, question)]).toEqual([question, wanted]);
          const facts = supporting.map((place) => sentences[place] as string);
          expect(facts.length).toBeGreaterThan(0);
          expect([question, facts, evaluateStory(facts, question)]).toEqual([question, facts, wanted]);
        }
      });

      it('has answers that are hard to guess, and stories of moderate length', () => {
        const counts = new Map<string, number>();
        for (const { answers } of questions) counts.set(answers.join(), (counts.get(answers.join()) ?? 0) + 1);
        expect(counts.size).toBeGreaterThan(1);
        expect(Math.max(...counts.values()) / 600).toBeLessThan(COMMONEST[kind] ?? 0.34);
        expect(Math.max(...questions.map(({ sentences }) => sentences.length))).toBeLessThanOrEqual(50);
        expect(storyVocabulary(questions).length).toBeLessThan(60);
      });
    });
  }

  it.each(['one-fact', 'two-facts', 'three-facts'] as const)('%s needs each of its supporting facts', (kind) => {
    const needed = { 'one-fact': 1, 'two-facts': 2, 'three-facts': 3 }[kind];
    for (const { sentences, question, answers, supporting } of readStories(stories({ kind, count: 300, seed: 2 }))) {
      expect(supporting).toHaveLength(needed);
      for (const left of supporting) {
        const rest = supporting.filter((place) => place !== left).map((place) => sentences[place] as string);
        expect(evaluateStory(rest, question)).not.toBe(answers.join());
      }
    }
  });

  it('name the kinds in the error', () => {
    const wrong = () => stories({ kind: 'four-facts' as StoryKind, count: 1, seed: 1 });
    expect(wrong).toThrow(OptionError);
    expect(wrong).toThrow(/^tasks: stories: kind: expected one of one-fact, .*, motives; got four-facts\.$/);
    expect(() => stories({ kind: 'one-fact', count: 0, seed: 1 })).toThrow(/count/);
  });
});
