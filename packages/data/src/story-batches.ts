import { type BatchSource, DataError, expectSizes, OptionError } from '@elman/core';
import { type Tensor1D, type Tensor2D, type Tensor3D, tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { epochOrder, planned } from './padded.ts';
import type { StoryQuestion } from './read-stories.ts';
import { storyAnswer, storyWords } from './story-words.ts';

/** Questions about stories as ids of words. */
export type StoryBatch = {
  /** int32 [batch, slots, words]: the sentences of each story, **the latest first**; 0 is padding. */
  readonly sentences: Tensor3D;
  /** [batch, slots], 1 where there is a sentence. */
  readonly mask: Tensor2D;
  /** int32 [batch, words]; 0 is padding. */
  readonly questions: Tensor2D;
  /** int32 [batch]: the answers, each as one word of the vocabulary. */
  readonly targets: Tensor1D;
};

/** How questions are batched. */
export type StoryBatchOptions = {
  /** From `storyVocabulary`; its first word is the padding. */
  readonly vocabulary: readonly string[];
  readonly batchSize: number;
  /** Most sentences of a story, the latest ones. Default: 50. */
  readonly memorySize?: number | undefined;
  /** Seed that shuffles each epoch anew; without it the order is that of the questions. */
  readonly seed?: number | string | undefined;
};

/** A question in ids: sentences (the latest first), itself, its answer. */
type Encoded = { readonly sentences: readonly Int32Array[]; readonly question: Int32Array; readonly target: number };

/**
 * Questions in batches, padded to the longest sentence and the longest story of each batch. Each question is in one batch of every epoch.
 *
 * @throws {DataError} for no questions, or a word or answer that the vocabulary lacks. {OptionError} for bad options.
 */
export function storyBatches(questions: readonly StoryQuestion[], options: StoryBatchOptions): BatchSource<StoryBatch> {
  const where = 'data: storyBatches';
  const { vocabulary, batchSize, memorySize = 50, seed } = options;
  expectSizes(where, { batchSize, memorySize });
  if (vocabulary[0] !== '') {
    throw new OptionError(`${where}: vocabulary: expected '' first, the padding; use storyVocabulary.`);
  }
  if (questions.length === 0) throw new DataError(`${where}: expected one question or more, got none.`);
  const encoded = encoder(where, vocabulary);
  const rows = questions.map((asked, i) => encoded(asked, i, memorySize));
  const make = (chosen: readonly number[]) => together(chosen.map((row) => rows[row] as Encoded));
  return planned(where, make, epochOrder(rows.length, batchSize, seed));
}

/** Questions to ids; a sentence that occurs again is encoded once. */
function encoder(where: string, vocabulary: readonly string[]) {
  const ids = new Map(vocabulary.map((word, id) => [word, id]));
  const known = new Map<string, Int32Array>();
  const idOf = (word: string, i: number): number => {
    const id = ids.get(word);
    if (id !== undefined) return id;
    throw new DataError(`${where}: question ${i}: "${word}" is not in the vocabulary of ${vocabulary.length} words.`);
  };
  const sentence = (text: string, i: number): Int32Array => {
    const found = known.get(text) ?? Int32Array.from(storyWords(text), (word) => idOf(word, i));
    known.set(text, found);
    return found;
  };
  return (asked: StoryQuestion, i: number, memorySize: number): Encoded => ({
    sentences: asked.sentences
      .slice(-memorySize)
      .reverse()
      .map((text) => sentence(text, i)),
    question: sentence(asked.question, i),
    target: idOf(storyAnswer(asked), i),
  });
}

function together(rows: readonly Encoded[]): StoryBatch {
  const longest = (lengths: readonly number[]): number => Math.max(1, ...lengths);
  const slots = longest(rows.map(({ sentences }) => sentences.length));
  const words = longest(rows.flatMap(({ sentences }) => sentences.map(({ length }) => length)));
  const asked = longest(rows.map(({ question }) => question.length));
  const sentences = new Int32Array(rows.length * slots * words);
  const mask = new Float32Array(rows.length * slots);
  const questions = new Int32Array(rows.length * asked);
  for (const [row, one] of rows.entries()) {
    for (const [slot, ids] of one.sentences.entries()) sentences.set(ids, (row * slots + slot) * words);
    mask.fill(1, row * slots, row * slots + one.sentences.length);
    questions.set(one.question, row * asked);
  }
  return {
    sentences: tensor3d(sentences, [rows.length, slots, words], 'int32'),
    mask: tensor2d(mask, [rows.length, slots]),
    questions: tensor2d(questions, [rows.length, asked], 'int32'),
    targets: tensor1d(
      rows.map(({ target }) => target),
      'int32',
    ),
  };
}
