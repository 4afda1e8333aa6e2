import { DataError, OptionError } from '@elman/core';
import { expect, it } from 'vitest';
import { tokenizerFromJSON, wordLevelTokenizer } from '../src/index.ts';

const sentences = ['the cat sat .', 'the dog ran .', ['the', 'New York', 'cat', '.']];

it('has one id per word and no others, for texts and lists of words', () => {
  const tokenizer = wordLevelTokenizer.fromTexts(sentences);
  expect(tokenizer.vocabSize).toBe(8);
  const words = ['the', 'cat', 'sat', '.'];
  expect([...tokenizer.encode(words)].map(tokenizer.token)).toEqual(words);
  expect(tokenizer.encode(' the\tcat  sat .\n')).toEqual(tokenizer.encode(words));
  expect([...tokenizer.encode(['New York'])].map(tokenizer.token)).toEqual(['New York']);
  expect(tokenizer.decode(tokenizer.encode(words))).toBe('the cat sat .');
});

it('encodes unknown words as <unk>, one for each', () => {
  const tokenizer = wordLevelTokenizer.fromTexts(sentences, { minimumCount: 2 });
  expect([...tokenizer.encode('the zebra sat .')]).toEqual([2, 0, 0, 1]);
  expect(tokenizer.unknowns(['the', 'zebra', 'sat', '.'])).toEqual(['zebra', 'sat']);
  expect(tokenizer.decode([2, 0, 1])).toBe('the <unk> .');
  expect([...tokenizer.encode('<unk>')]).toEqual([0]);
  expect(tokenizer.unknowns('<unk>')).toEqual([]);
});

it('keeps the order of a list', () => {
  const tokenizer = wordLevelTokenizer.fromWords(['noun', 'verb', 'adjective']);
  expect([...tokenizer.encode(['verb', 'noun', 'adjective'])]).toEqual([2, 1, 3]);
  expect(tokenizer.toJSON()).toEqual({ type: 'word-level', lowercase: false, words: ['noun', 'verb', 'adjective'] });
});

it('lower-cases with that option, after loading, too', () => {
  const made = wordLevelTokenizer.fromTexts('The the THE', { lowercase: true });
  const tokenizer = tokenizerFromJSON(JSON.parse(JSON.stringify(made)));
  expect([...tokenizer.encode('THE The cat')]).toEqual([1, 1, 0]);
});

it('leaves out rare entries', () => {
  const { words } = wordLevelTokenizer.fromTexts('d c c b b b a a', { maximumVocabulary: 4 }).toJSON() as {
    readonly words: readonly string[];
  };
  expect(words).toEqual(['b', 'a', 'c']);
});

it('refuses invalid arguments in one line', () => {
  expect(() => wordLevelTokenizer.fromTexts([' \n', []])).toThrow(DataError);
  expect(() => wordLevelTokenizer.fromTexts('a b', { maximumVocabulary: 1 })).toThrow(OptionError);
  expect(() => wordLevelTokenizer.fromWords(['a', 'a'])).toThrow(
    'tokenizers: word-level: expected distinct words that are not empty and not <unk>; leave the others out.',
  );
});

it('has a token for the end of a line with that option, as corpora of one sentence a line', () => {
  const made = wordLevelTokenizer.fromTexts([' the cat \n the dog \n'], { endOfLine: true });
  const tokenizer = tokenizerFromJSON(JSON.parse(JSON.stringify(made)));
  expect(tokenizer.vocabSize).toBe(5);
  const ids = tokenizer.encode(' the cat \n the <unk> \n\n the <eos> dog');
  expect([...ids].map(tokenizer.token)).toEqual('the cat <eos> the <unk> <eos> <eos> the <eos> dog'.split(' '));
  expect(tokenizer.decode(ids)).toBe('the cat\nthe <unk>\n\nthe\ndog');
  expect(tokenizer.unknowns('the bird\n')).toEqual(['bird']);
  expect([...wordLevelTokenizer.fromTexts(['a b\n']).encode('a\nb')]).toEqual([1, 2]);
});

it('refuses a vocabulary whose endOfLine is something else, and one with the word <eos> twice', () => {
  const vocabulary = { type: 'word-level', lowercase: false, words: ['<eos>'] } as const;
  expect(wordLevelTokenizer.fromVocabulary(vocabulary).vocabSize).toBe(2);
  expect(() => wordLevelTokenizer.fromVocabulary({ ...vocabulary, endOfLine: true })).toThrow('not <unk> or <eos>');
  expect(() => wordLevelTokenizer.fromVocabulary({ ...vocabulary, endOfLine: 1 as never })).toThrow(
    'endOfLine: expected true or nothing, got 1',
  );
});
