import { DataError } from '@elman/core';
import type { StoryQuestion } from './read-stories.ts';

/** The words of a sentence: lower case, without punctuation. An apostrophe or hyphen within a word stays. */
export function storyWords(sentence: string): string[] {
  return sentence.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** The answer as one word: `kite,lantern` where there are several. */
export const storyAnswer = ({ answers }: Pick<StoryQuestion, 'answers'>): string => answers.join(',').toLowerCase();

/** The padding after the last word of a sentence: the first word of a vocabulary. */
const NOTHING = '';

/**
 * The vocabulary of questions, sorted: the words of their sentences and of themselves, and their answers, each as one
 * word. The first is '', the padding: its id is 0.
 *
 * @throws {DataError} for no questions.
 */
export function storyVocabulary(questions: readonly StoryQuestion[]): string[] {
  if (questions.length === 0) throw new DataError('data: storyVocabulary: expected one question or more, got none.');
  const words = new Set<string>();
  for (const asked of questions) {
    for (const text of [...asked.sentences, asked.question]) for (const word of storyWords(text)) words.add(word);
    words.add(storyAnswer(asked));
  }
  return [NOTHING, ...[...words].sort()];
}
