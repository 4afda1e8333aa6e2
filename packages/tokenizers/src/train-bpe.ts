import { DataError, type Json, OptionError } from '@elman/core';
import { LETTERS, pieces } from './byte-level.ts';
import { Heap } from './heap.ts';

/** Options of `trainBpe`. */
export type TrainBpeOptions = {
  /** The number of tokens: the 256 bytes and the merges. At least 256. */
  readonly vocabSize: number;
  /** A pair that occurs less often is not merged. By default 2. */
  readonly minimumCount?: number | undefined;
};

/** A pair of neighbours as one number: left · 2²⁵ + right. */
const SHIFT = 2 ** 25;

type Candidate = { readonly pair: number; readonly count: number };
type Word = { readonly symbols: number[]; readonly count: number };

/**
 * Learns a byte-level byte-pair vocabulary from a text and returns it as a tokenizer.json.
 *
 *   repeat: merge the most frequent pair of neighbouring tokens (within GPT-2's pieces) into a new token
 *
 * Ties: the pair with lower ids first, as in Hugging Face's trainer. Ends at `vocabSize`, or
 * earlier if no pair occurs `minimumCount` times. Time grows with the number of distinct words, not with the text.
 *
 * @throws {OptionError} if vocabSize is below 256; {DataError} if the text is empty.
 * @see Sennrich, Haddow & Birch 2016; byte-level: Radford et al. 2019 (GPT-2)
 */
export function trainBpe(text: string, { vocabSize, minimumCount = 2 }: TrainBpeOptions): Json {
  if (!Number.isSafeInteger(vocabSize) || vocabSize < 256 || vocabSize >= SHIFT) {
    throw new OptionError(`tokenizers: bpe: vocabSize: expected 256 (the bytes) or more, got ${vocabSize}.`);
  }
  if (text.length === 0) throw new DataError('tokenizers: bpe: the text is empty; give one to learn from.');
  const tokens = [...LETTERS].sort();
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const words = countWords(text, ids);
  const pairs = new PairCounts(words);
  const merges: [string, string][] = [];
  while (tokens.length < vocabSize) {
    const best = pairs.mostFrequent();
    if (best === undefined || best.count < minimumCount) break;
    const [left, right] = [Math.floor(best.pair / SHIFT), best.pair % SHIFT];
    const merged = `${tokens[left]}${tokens[right]}`;
    merges.push([tokens[left] as string, tokens[right] as string]);
    // Two ways to the same token (a+bc, ab+c) share its id.
    const id = ids.get(merged) ?? tokens.push(merged) - 1;
    ids.set(merged, id);
    pairs.merge(best.pair, left, right, id);
  }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges,
    },
  };
}

/** The distinct pieces of a text, as ids of their bytes. */
function countWords(text: string, ids: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>();
  for (const piece of pieces(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  const encoder = new TextEncoder();
  return Array.from(counts, ([piece, count]) => {
    const symbols = Array.from(encoder.encode(piece), (byte) => ids.get(LETTERS[byte] as string) as number);
    return { symbols, count };
  });
}

/** The count of each pair and the words that contain it, updated by merges. */
class PairCounts {
  readonly #words: readonly Word[];
  readonly #counts = new Map<number, number>();
  readonly #where = new Map<number, Set<number>>();
  /** May contain counts that are out of date; an increased count is pushed again. */
  readonly #heap = new Heap<Candidate>((a, b) => b.count - a.count || a.pair - b.pair);

  constructor(words: readonly Word[]) {
    this.#words = words;
    for (const [index, { symbols, count }] of words.entries()) {
      for (let i = 1; i < symbols.length; i++) this.#add(pairAt(symbols, i), count, index);
    }
    for (const [pair, count] of this.#counts) this.#heap.push({ pair, count });
  }

  mostFrequent(): Candidate | undefined {
    for (let top = this.#heap.pop(); top !== undefined; top = this.#heap.pop()) {
      const count = this.#counts.get(top.pair) ?? 0;
      if (count === top.count) return top;
      if (count > 0) this.#heap.push({ pair: top.pair, count });
    }
    return undefined;
  }

  merge(pair: number, left: number, right: number, id: number): void {
    const risen = new Set<number>();
    for (const index of this.#where.get(pair) ?? []) {
      const { symbols, count } = this.#words[index] as Word;
      for (let i = 1; i < symbols.length; i++) this.#add(pairAt(symbols, i), -count, index);
      mergeIn(symbols, left, right, id);
      for (let i = 1; i < symbols.length; i++) {
        const now = pairAt(symbols, i);
        this.#add(now, count, index);
        if (symbols[i - 1] === id || symbols[i] === id) risen.add(now);
      }
    }
    this.#counts.delete(pair);
    this.#where.delete(pair);
    for (const now of risen) this.#heap.push({ pair: now, count: this.#counts.get(now) ?? 0 });
  }

  #add(pair: number, count: number, index: number): void {
    this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + count);
    if (count < 0) return;
    const where = this.#where.get(pair);
    if (where === undefined) this.#where.set(pair, new Set([index]));
    else where.add(index);
  }
}

const pairAt = (symbols: readonly number[], i: number): number =>
  (symbols[i - 1] as number) * SHIFT + (symbols[i] as number);

/** Replaces every left, right by id, from the left, in place. */
function mergeIn(symbols: number[], left: number, right: number, id: number): void {
  let length = 0;
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    symbols[length++] = isPair ? id : (symbols[i] as number);
    if (isPair) i++;
  }
  symbols.length = length;
}
