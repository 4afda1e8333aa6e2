import { DataError } from '@elman/core';

/** A question about a story, with the preceding sentences. */
export type StoryQuestion = {
  /** Index of its story in the text, from 0; later questions about a story have more of its sentences. */
  readonly story: number;
  /** The sentences before the question, the oldest first, without other questions. */
  readonly sentences: readonly string[];
  readonly question: string;
  /** One or several words: `kite` and `lantern` of `kite,lantern`. */
  readonly answers: readonly string[];
  /** The supporting facts of the answer, as indices into `sentences`, in the order of the text. */
  readonly supporting: readonly number[];
};

/**
 * Questions about stories from text in the format of the bAbI tasks:
 *
 *   1 Mira walked to the garden.
 *   2 Jonas ran to the library.
 *   3 Where is Mira?<TAB>garden<TAB>1
 *
 * Every line has a number, and a line 1 begins a new story. A question has one or several comma-separated answers, and the numbers of the
 * sentences that it follows from, spaces between them; these may be missing. Blank lines are skipped.
 *
 * @throws {DataError} in one line that names the line of the text and says what to change.
 * @see Weston et al. 2015, "Towards AI-complete question answering"
 */
export function readStories(text: string): StoryQuestion[] {
  const questions: StoryQuestion[] = [];
  let story = -1;
  let previous = 0;
  let sentences: string[] = [];
  let places = new Map<number, number>();
  for (const [i, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const fail = (what: string): never => {
      throw new DataError(`data: readStories: line ${i + 1}: ${what}.`);
    };
    const [, digits = '', rest = ''] = /^\s*(\d+)\s+(.*)$/s.exec(line) ?? [];
    const number = Number(digits);
    if (digits === '' || number < 1) fail(`expected a number from 1 and a sentence, got ${shown(line)}`);
    if (number === 1) {
      story++;
      [sentences, places] = [[], new Map()];
    } else if (number !== previous + 1) {
      fail(`expected the number ${previous + 1}, or 1 for a new story, got ${number}`);
    }
    previous = number;
    const [said = '', answer, facts = '', ...more] = rest.split('\t').map((part) => part.trim());
    if (said === '') fail('expected a sentence after the number, got none');
    if (answer === undefined) {
      places.set(number, sentences.length);
      sentences.push(said);
      continue;
    }
    if (more.length > 0) fail(`expected question, answer and supporting lines, got ${more.length} parts more`);
    const answers = answer.split(',').map((word) => word.trim());
    if (answers.includes('')) fail(`expected an answer, or several with commas between them, got ${shown(answer)}`);
    const supporting = facts.split(/\s+/).flatMap((fact) => {
      if (fact === '') return [];
      const place = /^\d+$/.test(fact) ? places.get(Number(fact)) : undefined;
      return place ?? fail(`expected supporting lines that are sentences before it, got ${shown(fact)}`);
    });
    questions.push({ story, sentences: [...sentences], question: said, answers, supporting });
  }
  return questions;
}

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
