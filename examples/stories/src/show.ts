import { type HeatMap, heatMap } from '@elman/charts';
import type { StoryQuestion } from '@elman/data';
import type { StoryAnswer } from '@elman/models';

/** Attention weights over the sentences of a story (down) at each hop (across). Supporting facts have a star. */
export function lookedAt({ sentences, question, answers, supporting }: StoryQuestion, said: StoryAnswer): HeatMap {
  const wanted = answers.join(',');
  const named = sentences.map((sentence, i) => `${supporting.includes(i) ? '* ' : '  '}${sentence}`);
  const longest = Math.max(...named.map(({ length }) => length));
  const mark = said.answer === wanted ? '' : `, wrong: ${wanted}`;
  const sure = `${(100 * said.probability).toFixed(0)} % sure`;
  return heatMap({
    title: `${question} ${said.answer} (${sure}${mark})`,
    // Padded to one length, so that all are aligned.
    rows: named.map((name) => name.padEnd(longest)),
    columns: said.weights.map((_, hop) => `${hop + 1}`),
    values: sentences.map((_, i) => said.weights.map((hop) => hop[i] as number)),
    labels: { rows: 'sentence', columns: 'hop', values: 'weight' },
    from: 0,
    to: 1,
  });
}

/** A question to show: one with the most supporting facts, about a story that fits the chart. */
export function worthSeeing(questions: readonly StoryQuestion[]): StoryQuestion {
  const few = questions.filter(({ sentences }) => sentences.length >= 2 && sentences.length <= 14);
  const some = few.length > 0 ? few : questions;
  return some.reduce((best, one) => (value(one) > value(best) ? one : best));
}

const value = ({ supporting, sentences }: StoryQuestion): number => 100 * supporting.length + sentences.length;
