import { readFileSync } from 'node:fs';
import {
  addK,
  type BackoffModel,
  countNgrams,
  evaluate,
  kneserNey,
  type NextTokenModel,
  type NgramCounts,
  stupidBackoff,
  wittenBell,
} from '@elman/ngram';
import { type Summary, summarize } from './statistics.ts';

/** The word that stands for the end of a line. */
const END = '<eos>';
/** How often counting is timed. */
const REPEATS = 5;

/** The lines of a text, tokens separated by blanks. */
export interface NgramFiles {
  readonly train: string;
  readonly test: string;
}

/** The perplexity of one way of smoothing. */
interface NgramScore {
  readonly order: number;
  readonly method: string;
  /** Sentence by sentence, or as one stream. */
  readonly sentences: boolean;
  readonly perplexity: number;
  readonly bytes: number | undefined;
}

/** The processor time of counting, of order 5, in milliseconds. */
export interface NgramTimes {
  readonly tokens: number;
  readonly vocabSize: number;
  readonly ngrams: number;
  readonly bytes: number;
  readonly counting: Summary;
  readonly smoothing: Summary;
}

/** What `--ngram` measures. */
export interface NgramResults {
  readonly trainTokens: number;
  readonly testTokens: number;
  readonly vocabSize: number;
  readonly scores: readonly NgramScore[];
  readonly times: { readonly words: NgramTimes; readonly characters: NgramTimes };
}

const METHODS: { readonly [name: string]: (counts: NgramCounts) => NextTokenModel | BackoffModel } = {
  'Kneser–Ney, three discounts': (counts) => kneserNey(counts),
  'Kneser–Ney, one discount': (counts) => kneserNey(counts, { discounts: 'single' }),
  'Kneser–Ney, three discounts, backoff': (counts) => kneserNey(counts, { interpolate: false }),
  'Kneser–Ney, one discount, backoff': (counts) => kneserNey(counts, { discounts: 'single', interpolate: false }),
  'Witten–Bell': wittenBell,
  'stupid backoff, normalised': (counts) => stupidBackoff(counts),
  'add 0.01': (counts) => addK(counts, { k: 0.01 }),
};

/** Word perplexities of a text by order and smoothing, and the time of counting its words and its characters. */
export function measureNgrams({ train, test }: NgramFiles, progress: (text: string) => void): NgramResults {
  const vocabulary = new Map<string, number>();
  const [ids, held] = [wordsOf(train), wordsOf(test)].map((words) => idsOf(words, vocabulary)) as [
    Int32Array,
    Int32Array,
  ];
  const vocabSize = vocabulary.size;
  const end = vocabulary.get(END) as number;
  const scores: NgramScore[] = [];
  for (const order of [2, 3, 4, 5, 6]) {
    for (const sentences of [true, false]) {
      progress(`order ${order}, ${sentences ? 'sentences' : 'a stream'} …`);
      const counts = countNgrams(ids, { vocabSize, order, ...(sentences && { boundary: end }) });
      for (const [method, smooth] of Object.entries(METHODS)) {
        const model = smooth(counts);
        const bytes = 'bytes' in model ? model.bytes : undefined;
        scores.push({ order, method, sentences, perplexity: evaluate(model, held).perplexity, bytes });
      }
    }
  }
  progress('times …');
  const characters = new Map<string, number>();
  const letters = idsOf([...train], characters);
  return {
    trainTokens: ids.length,
    testTokens: held.length,
    vocabSize,
    scores,
    times: { words: timesOf(ids, vocabSize), characters: timesOf(letters, characters.size) },
  };
}

/** Reads the files of `--ngram TRAIN,TEST`. */
export function readNgramFiles([train, test]: readonly string[]): NgramFiles {
  if (train === undefined || test === undefined) {
    throw new RangeError('--ngram: expected two files, TRAIN,TEST, got fewer.');
  }
  return { train: readFileSync(train, 'utf8'), test: readFileSync(test, 'utf8') };
}

function wordsOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').flatMap((line) => [...line.split(/\s+/), END]);
}

/** Ids in the order of first occurrence; new words are added to the vocabulary, so none of the test is left out. */
function idsOf(words: readonly string[], vocabulary: Map<string, number>): Int32Array {
  return Int32Array.from(words, (word) => {
    const known = vocabulary.get(word);
    if (known !== undefined) return known;
    vocabulary.set(word, vocabulary.size);
    return vocabulary.size - 1;
  });
}

function timesOf(ids: Int32Array, vocabSize: number): NgramTimes {
  const [counting, smoothing]: [number[], number[]] = [[], []];
  let counts: NgramCounts | undefined;
  for (let i = 0; i <= REPEATS; i++) {
    const started = milliseconds();
    counts = countNgrams(ids, { vocabSize, order: 5 });
    const counted = milliseconds();
    kneserNey(counts);
    if (i === 0) continue; // Not yet compiled.
    counting.push(counted - started);
    smoothing.push(milliseconds() - counted);
  }
  const { sizes, bytes } = counts as NgramCounts;
  return {
    tokens: ids.length,
    vocabSize,
    ngrams: sizes.reduce((a, b) => a + b),
    bytes,
    counting: summarize(counting),
    smoothing: summarize(smoothing),
  };
}

/** Processor time of this process: counting runs on one thread, and what else runs on the machine is not counted. */
function milliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
