import { DataError, OptionError, Rng } from '@elman/core';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  readStories,
  type StoryQuestion,
  storyBatches,
  storyVocabulary,
  storyWords,
  writeStories,
} from '../src/index.ts';

const text = [
  '1 Mira walked to the garden.',
  '2 Jonas ran to the library.',
  '3 Where is Mira?\tgarden\t1',
  '4 Mira took the kite.',
  '5 What is Mira carrying? \tkite,lantern\t4 2',
  '1 The box is small.',
  '2 Why?\tno one knows\t',
  '',
].join('\n');

const refused = (text: string): string => {
  try {
    readStories(text);
  } catch (error) {
    expect(DataError.isInstance(error)).toBe(true);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  return 'nothing';
};

/** Random questions that the format can represent. */
function randomQuestions(rng: Rng): StoryQuestion[] {
  const word = () => Array.from({ length: 1 + rng.integer(5) }, () => 'abcdé7'[rng.integer(6)]).join('');
  const sentence = () => Array.from({ length: 1 + rng.integer(4) }, word).join(' ');
  return Array.from({ length: 1 + rng.integer(4) }, (_, story) => story).flatMap((story) => {
    let sentences: string[] = [];
    return Array.from({ length: 1 + rng.integer(3) }, () => {
      sentences = [...sentences, ...Array.from({ length: rng.integer(4) }, sentence)];
      const supporting = sentences.length === 0 ? [] : [rng.integer(sentences.length), rng.integer(sentences.length)];
      const answers = Array.from({ length: 1 + rng.integer(3) }, word);
      return { story, sentences, question: `${sentence()}?`, answers, supporting };
    });
  });
}

describe('readStories', () => {
  it('returns the questions with the sentences before them', () => {
    const [first, second, third, ...more] = readStories(`\uFEFF${text.replaceAll('\n', '\r\n')}`);
    const told = ['Mira walked to the garden.', 'Jonas ran to the library.'];
    expect(first).toEqual({
      story: 0,
      sentences: told,
      question: 'Where is Mira?',
      answers: ['garden'],
      supporting: [0],
    });
    expect(second).toEqual({
      story: 0,
      sentences: [...told, 'Mira took the kite.'],
      question: 'What is Mira carrying?',
      answers: ['kite', 'lantern'],
      supporting: [2, 1],
    });
    expect(third).toMatchObject({
      story: 1,
      sentences: ['The box is small.'],
      answers: ['no one knows'],
      supporting: [],
    });
    expect(more).toEqual([]);
  });

  it('reads what writeStories writes', () => {
    for (let seed = 0; seed < 50; seed++) {
      const questions = randomQuestions(Rng.seeded(seed));
      const written = writeStories(questions);
      expect(readStories(written)).toEqual(questions);
      expect(writeStories(readStories(written))).toBe(written);
    }
  });

  it('ends lines at \\n and \\r\\n alone', () => {
    for (const character of ['\u2028', '\u2029', '\u0085', '\v', '\f', '\u001E']) {
      const told = [
        {
          story: 0,
          sentences: [`a${character}b`],
          question: `c${character}d?`,
          answers: [`e${character}f`],
          supporting: [0],
        },
      ];
      expect(readStories(writeStories(told))).toEqual(told);
      expect(readStories(writeStories(told).replaceAll('\n', '\r\n'))).toEqual(told);
    }
    expect(readStories('1 a\rb\n2 c?\td\t1\n')[0]?.sentences).toEqual(['a\rb']);
  });

  it('names the line that it cannot read', () => {
    expect(refused('1 A.\nB.')).toBe('data: readStories: line 2: expected a number from 1 and a sentence, got "B.".');
    expect(refused('1 A.\n3 B.')).toMatch(/line 2: expected the number 2, or 1 for a new story, got 3/);
    expect(refused('2 A.')).toMatch(/line 1: expected the number 1, or 1/);
    expect(refused('1  ')).toMatch(/line 1: expected a sentence after the number, got none/);
    expect(refused('1 A.\n2 B?\t\t1')).toMatch(/line 2: expected an answer, .* got ""/);
    expect(refused('1 A.\n2 B?\ta,,b\t1')).toMatch(/line 2: expected an answer/);
    expect(refused('1 A.\n2 B?\ta\t3')).toMatch(
      /line 2: expected supporting lines that are sentences before it, got "3"/,
    );
    expect(refused('1 A.\n2 B?\ta\t1\n3 C?\tc\t2')).toMatch(/line 3: expected supporting lines/);
    expect(refused('1 A.\n2 B?\ta\tx')).toMatch(/got "x"/);
    expect(refused('1 A.\n2 B?\ta\t1\tmore')).toMatch(/line 2: expected question, answer and supporting lines/);
  });
});

describe('writeStories', () => {
  it('refuses what the format cannot represent', () => {
    const question = { story: 0, sentences: ['A.'], question: 'B?', answers: ['c'], supporting: [0] };
    const fails = (...questions: StoryQuestion[]) => expect(() => writeStories(questions));
    fails(question, { ...question, sentences: ['D.'] }).toThrow(
      /question 1: expected the sentences of the previous question/,
    );
    fails({ ...question, question: 'a\tb' }).toThrow(/question 0: expected texts without tabs/);
    fails({ ...question, answers: ['a,b'] }).toThrow(/without commas/);
    fails({ ...question, answers: [] }).toThrow(/one answer or more/);
    fails({ ...question, supporting: [1] }).toThrow(/supporting: expected places of its 1 sentences, got 1/);
  });
});

describe('storyBatches', () => {
  const questions = readStories(text);
  const vocabulary = storyVocabulary(questions);

  it('has the vocabulary of the questions', () => {
    expect(storyWords("Mira's kite, said Jörg (twice): it's well-made.")).toEqual([
      "mira's",
      'kite',
      'said',
      'jörg',
      'twice',
      "it's",
      'well-made',
    ]);
    expect(vocabulary[0]).toBe('');
    expect(vocabulary).toContain('kite,lantern');
    expect(vocabulary.slice(1)).toEqual([...vocabulary.slice(1)].sort());
    expect(() => storyVocabulary([])).toThrow(DataError);
  });

  it('has the latest sentence first, and pads with 0', async () => {
    const before = memory().numTensors;
    const { batchesPerEpoch, batch } = storyBatches(questions, { vocabulary, batchSize: 3, memorySize: 2 });
    expect(batchesPerEpoch).toBe(1);
    const { sentences, mask, questions: asked, targets } = batch(0, 0);
    expect([sentences.shape, asked.shape]).toEqual([
      [3, 2, 5],
      [3, 4],
    ]);
    const word = (id: number) => vocabulary[id];
    const rows = (await sentences.array()).map((row) => row.map((one) => one.map(word).join(' ').trim()));
    expect(rows).toEqual([
      ['jonas ran to the library', 'mira walked to the garden'],
      ['mira took the kite', 'jonas ran to the library'],
      ['the box is small', ''],
    ]);
    expect(await mask.array()).toEqual([
      [1, 1],
      [1, 1],
      [1, 0],
    ]);
    expect((await asked.array()).map((row) => row.map(word).join(' ').trim())[1]).toBe('what is mira carrying');
    expect(Array.from(await targets.data(), word)).toEqual(['garden', 'kite,lantern', 'no one knows']);
    dispose([sentences, mask, asked, targets]);
    expect(memory().numTensors).toBe(before);
  });

  it('has every question once in an epoch, in another order each time', async () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ ...(questions[0] as StoryQuestion), answers: [`${i}`] }));
    const words = storyVocabulary(many);
    const source = storyBatches(many, { vocabulary: words, batchSize: 3, seed: 1 });
    const order = async (epoch: number) => {
      const found: string[] = [];
      for (let index = 0; index < source.batchesPerEpoch; index++) {
        const batch = source.batch(epoch, index);
        found.push(...Array.from(await batch.targets.data(), (id) => words[id] as string));
        dispose(batch);
      }
      return found;
    };
    const [first, second] = [await order(0), await order(1)];
    expect([...first].sort()).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(second).not.toEqual(first);
    expect(await order(0)).toEqual(first);
  });

  it('names a missing word', () => {
    const other = [{ ...(questions[0] as StoryQuestion), question: 'Who?' }];
    expect(() => storyBatches(other, { vocabulary, batchSize: 1 })).toThrow(
      /question 0: "who" is not in the vocabulary/,
    );
    expect(() => storyBatches(questions, { vocabulary: ['a'], batchSize: 1 })).toThrow(OptionError);
    expect(() => storyBatches(questions, { vocabulary, batchSize: 0 })).toThrow(/batchSize/);
    expect(() => storyBatches([], { vocabulary, batchSize: 1 })).toThrow(DataError);
  });
});
