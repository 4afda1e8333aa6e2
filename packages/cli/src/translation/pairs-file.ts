import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { DataError, Rng } from '@elman/core';
import { readText } from '@elman/data/node';

/** A text and its translation. */
export type TextPair = { readonly source: string; readonly target: string };

/** The pairs of a file, and what tells it from any other. */
export interface PairsFile {
  readonly pairs: readonly TextPair[];
  /** SHA-256 of the text in UTF-8, in hexadecimal. */
  readonly hash: string;
  readonly path: string;
}

/**
 * Reads a file of pairs: a line for each, source and target with a tab between; what stands behind a second tab is
 * passed over, and so are empty lines.
 *
 * @throws {DataError} naming the line, if it has no tab or no source. As `readText` does, for a file that is no text.
 */
export async function readPairs(file: string): Promise<PairsFile> {
  const text = await readText(file);
  return { pairs: parsePairs(file, text), hash: createHash('sha256').update(text).digest('hex'), path: resolve(file) };
}

/** The pairs in the text of a file. */
export function parsePairs(file: string, text: string): TextPair[] {
  const pairs: TextPair[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [source = '', target] = line.split('\t').map((column) => column.trim());
    if (target === undefined) {
      throw new DataError(`${file}: line ${i + 1}: expected source and target with a tab between, got no tab.`);
    }
    if (source === '') throw new DataError(`${file}: line ${i + 1}: expected a source before the tab, got none.`);
    pairs.push({ source, target });
  }
  if (pairs.length === 0) throw new DataError(`${file}: expected a pair or more, got none.`);
  return pairs;
}

/** Pairs to train on and pairs that are held out. */
export interface PairSplit {
  readonly train: readonly TextPair[];
  readonly heldOut: readonly TextPair[];
}

/**
 * Pairs are held out by their sources, so that none of these is seen in training under another target. No more than a
 * thousand of them.
 */
export function splitPairs(pairs: readonly TextPair[], share: number, seed: number): PairSplit {
  const sources = [...new Set(pairs.map(({ source }) => source))];
  const count = Math.min(AT_MOST, Math.round(share * sources.length));
  const order = Rng.seeded(seed).fork('held out').permutation(sources.length);
  const chosen = new Set(Array.from(order.slice(0, count), (i) => sources[i]));
  const isHeldOut = ({ source }: TextPair): boolean => chosen.has(source);
  return { train: pairs.filter((pair) => !isHeldOut(pair)), heldOut: pairs.filter(isHeldOut) };
}

const AT_MOST = 1000;
