import { DataError } from '@elman/core';
import type { StoryQuestion } from './read-stories.ts';

/**
 * Questions as text, the inverse of `readStories`: a question about the same story as the previous one adds the sentences since.
 *
 * @throws {DataError} for a question whose story does not continue the previous one's, or text that the format cannot represent.
 */
export function writeStories(questions: readonly StoryQuestion[]): string {
  const lines: string[] = [];
  let last: StoryQuestion | undefined;
  let number = 0;
  let numbers: number[] = [];
  for (const [i, asked] of questions.entries()) {
    const fail = (what: string): never => {
      throw new DataError(`data: writeStories: question ${i}: ${what}.`);
    };
    const goesOn = last !== undefined && last.story === asked.story;
    const told = goesOn ? (last as StoryQuestion).sentences : [];
    if (!goesOn) [number, numbers] = [0, []];
    if (!told.every((sentence, j) => sentence === asked.sentences[j])) {
      fail('expected the sentences of the previous question, and more; give another story another number');
    }
    const texts = [...asked.sentences, asked.question, ...asked.answers];
    const bad = texts.find((part) => part !== part.trim() || part === '' || /[\t\r\n]/.test(part));
    if (bad !== undefined)
      fail(`expected texts without tabs, ends of lines or spaces around them, got ${JSON.stringify(bad)}`);
    if (asked.answers.length === 0 || asked.answers.some((answer) => answer.includes(','))) {
      fail('expected one answer or more, without commas in them');
    }
    for (const sentence of asked.sentences.slice(told.length)) {
      number++;
      numbers.push(number);
      lines.push(`${number} ${sentence}`);
    }
    const facts = asked.supporting.map(
      (place) => numbers[place] ?? fail(`supporting: expected places of its ${numbers.length} sentences, got ${place}`),
    );
    number++;
    lines.push(`${number} ${asked.question}\t${asked.answers.join(',')}\t${facts.join(' ')}`);
    last = asked;
  }
  return lines.map((line) => `${line}\n`).join('');
}
