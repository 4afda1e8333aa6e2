import { Heap } from '../heap.ts';
import type { Section } from './section.ts';

/** A byte-pair model: pieces to ids. */
export interface BpeModel {
  /** Tokens of the model, without the added ones. */
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  /** The ids of a piece; each character that the vocabulary lacks is told to `lacks`. */
  encode(piece: string, lacks?: (character: string) => void): number[];
}

/** Positions in a piece: a merge is queued as rank · 2³¹ + position. */
const POSITIONS = 2 ** 31;

/** What makes byte fallback of a byte. */
const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** The `model` of a tokenizer.json. Its type is BPE, which old files do not say. */
export function readBpeModel(section: Section): BpeModel {
  const vocabulary = readVocabulary(section);
  const size = 1 + [...vocabulary.values()].reduce((highest, id) => Math.max(highest, id), -1);
  const isDropping = section.any('dropout') ?? 0;
  if (isDropping !== 0) section.unsupported(`dropout ${isDropping}`);
  const prefix = section.string('continuing_subword_prefix', '');
  const suffix = section.string('end_of_word_suffix', '');
  const fusesUnknown = section.boolean('fuse_unk', false);
  const fallsBack = section.boolean('byte_fallback', false);
  const ignoresMerges = section.boolean('ignore_merges', false);
  const unknownToken = section.any('unk_token') == null ? undefined : section.string('unk_token');
  const unknownId = unknownToken === undefined ? undefined : vocabulary.get(unknownToken);
  if (unknownToken !== undefined && unknownId === undefined) section.damaged('unk_token', 'a token of the vocabulary');
  const { ranks, merged } = readMerges(section, vocabulary, size, prefix);
  const encoder = new TextEncoder();

  /** The ids of the characters of a piece, before any merge. */
  function characterIds(piece: string, lacks?: (character: string) => void): number[] {
    const characters = Array.from(piece);
    const ids: number[] = [];
    let pending = false;
    const writeUnknown = () => {
      if (pending) ids.push(unknownId as number);
      pending = false;
    };
    for (const [i, character] of characters.entries()) {
      const token = `${i === 0 ? '' : prefix}${character}${i === characters.length - 1 ? suffix : ''}`;
      const id = vocabulary.get(token);
      if (id !== undefined) {
        writeUnknown();
        ids.push(id);
        continue;
      }
      const bytes = fallsBack
        ? Array.from(encoder.encode(token), (byte) => vocabulary.get(byteToken(byte)))
        : [undefined];
      if (!bytes.includes(undefined)) {
        // As in Hugging Face's library, an unknown token that is due comes after these.
        for (const byte of bytes) ids.push(byte as number);
        continue;
      }
      lacks?.(character);
      if (unknownId === undefined) continue;
      if (!fusesUnknown) writeUnknown();
      pending = true;
    }
    writeUnknown();
    return ids;
  }

  /** Merges neighbours, the earliest learnt pair first, of equals the leftmost, in place. */
  function merge(ids: number[]): number[] {
    const { length } = ids;
    if (length < 2) return ids;
    const previous = Int32Array.from(ids, (_, i) => i - 1);
    const next = Int32Array.from(ids, (_, i) => i + 1);
    const queue = new Heap<number>((a, b) => a - b);
    const rankAt = (left: number): number | undefined => {
      const right = next[left] as number;
      return right < length ? ranks.get((ids[left] as number) * size + (ids[right] as number)) : undefined;
    };
    const queueAt = (left: number) => {
      const rank = rankAt(left);
      if (rank !== undefined) queue.push(rank * POSITIONS + left);
    };
    for (let i = 0; i < length; i++) queueAt(i);
    for (let first = queue.pop(); first !== undefined; first = queue.pop()) {
      const left = first % POSITIONS;
      if (ids[left] === -1) continue;
      const rank = rankAt(left);
      const id = merged[Math.floor(first / POSITIONS)] as number;
      // What was queued may have changed since; another pair with the same result is as good.
      if (rank === undefined || merged[rank] !== id) continue;
      const right = next[left] as number;
      ids[left] = id;
      ids[right] = -1;
      const after = next[right] as number;
      next[left] = after;
      if (after < length) previous[after] = left;
      if ((previous[left] as number) >= 0) queueAt(previous[left] as number);
      queueAt(left);
    }
    return ids.filter((id) => id !== -1);
  }

  return {
    vocabulary,
    unknownId,
    encode(piece, lacks) {
      const whole = ignoresMerges ? vocabulary.get(piece) : undefined;
      return whole === undefined ? merge(characterIds(piece, lacks)) : [whole];
    },
  };
}

function readVocabulary(section: Section): ReadonlyMap<string, number> {
  const given = section.any('vocab');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) section.damaged('vocab', 'tokens with ids');
  const vocabulary = new Map(Object.entries(given as { readonly [token: string]: number }));
  const ids = new Set(vocabulary.values());
  for (const [token, id] of vocabulary) {
    // An id costs memory in every model, whether or not it is in use.
    if (!Number.isInteger(id) || id < 0 || id >= 2 * vocabulary.size) {
      section.damaged(
        'vocab',
        `ids from 0 to about ${vocabulary.size}, its size (not ${id}, ${JSON.stringify(token)})`,
      );
    }
  }
  if (ids.size < vocabulary.size) section.damaged('vocab', 'a different id for each token');
  return vocabulary;
}

/** Ranks of pairs (left · size + right), and by rank the token that a pair becomes. */
function readMerges(
  section: Section,
  vocabulary: ReadonlyMap<string, number>,
  size: number,
  prefix: string,
): { readonly ranks: ReadonlyMap<number, number>; readonly merged: readonly number[] } {
  const ranks = new Map<number, number>();
  const merged: number[] = [];
  const given = section.list('merges').filter((merge) => typeof merge !== 'string' || !merge.startsWith('#version'));
  for (const [rank, merge] of given.entries()) {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right] = (Array.isArray(pair) && pair.length === 2 ? pair : []) as string[];
    const leftId = vocabulary.get(left as string);
    const rightId = vocabulary.get(right as string);
    const id = right?.startsWith(prefix) ? vocabulary.get(`${left}${right.slice(prefix.length)}`) : undefined;
    if (leftId === undefined || rightId === undefined || id === undefined) {
      return section.damaged('merges', `pairs of tokens that make a token (not ${JSON.stringify(merge)})`);
    }
    ranks.set(leftId * size + rightId, rank);
    merged.push(id);
  }
  return { ranks, merged };
}
