import { DataError } from '@elman/core';
import { type CountOptions, countsOf, type NgramCounts } from './count-ngrams.ts';
import { NgramTrie } from './ngram-trie.ts';

/** "ELNG", and the version of the format. */
const MAGIC = 0x474e4c45;
const VERSION = 1;
/** Numbers before those of the nodes: magic, version, vocabSize, order, boundary or −1, nodes. */
const HEADER = 6;
/** Numbers of a node. */
const FIELDS = 4;

/**
 * Counts as bytes: numbers of four bytes, the lowest first. Six of a header, then four for each n-gram: its n-gram
 * without the last token, the last token, how often it occurs, and its n-gram without the first token.
 */
export function encodeCounts({ vocabSize, order, boundary, trie }: NgramCounts): Uint8Array<ArrayBuffer> {
  const { nodes } = trie;
  const view = new DataView(new ArrayBuffer(4 * (HEADER + nodes.length)));
  const numbers = [MAGIC, VERSION, vocabSize, order, boundary ?? -1, trie.size];
  for (const [i, number] of numbers.entries()) view.setInt32(4 * i, number, true);
  for (let i = 0; i < nodes.length; i++) view.setInt32(4 * (HEADER + i), nodes[i] as number, true);
  return new Uint8Array(view.buffer);
}

/**
 * The counts that `encodeCounts` made bytes of.
 *
 * @param where what the bytes are, for errors.
 * @throws {DataError} if they are something else, or damaged.
 */
export function decodeCounts(bytes: Uint8Array, where = 'decodeCounts'): NgramCounts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (why: string): never => {
    throw new DataError(`${where}: ${why}; make the file again.`);
  };
  if (bytes.length < 4 * (HEADER + FIELDS) || view.getInt32(0, true) !== MAGIC) refuse('not counts of n-grams');
  const [version, vocabSize, order, boundary, size] = [1, 2, 3, 4, 5].map((i) => view.getInt32(4 * i, true)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (version !== VERSION) refuse(`expected version ${VERSION} of the format, got ${version}`);
  if (bytes.length !== 4 * (HEADER + FIELDS * size)) refuse(`expected ${size} n-grams, got ${bytes.length} bytes`);
  if (vocabSize < 1 || order < 1 || order > 20 || boundary >= vocabSize) refuse('damaged header');
  const nodes = new Int32Array(FIELDS * size);
  const depths = new Uint8Array(size);
  for (let node = 0; node < size; node++) {
    const [parent, token, count, suffix] = [0, 1, 2, 3].map((field) => {
      const number = view.getInt32(4 * (HEADER + FIELDS * node + field), true);
      nodes[FIELDS * node + field] = number;
      return number;
    }) as [number, number, number, number];
    if (node === 0) continue;
    const isWhole = parent >= 0 && parent < node && suffix >= 0 && suffix < node && count >= 0;
    if (!isWhole || token < 0 || token >= vocabSize) refuse(`damaged at n-gram ${node}`);
    depths[node] = (depths[parent] as number) + 1;
    if ((depths[node] as number) > order || depths[suffix] !== (depths[node] as number) - 1) {
      refuse(`damaged at n-gram ${node}`);
    }
  }
  const options: CountOptions = { vocabSize, order, ...(boundary >= 0 && { boundary }) };
  const trie = NgramTrie.of(nodes);
  if (trie.size !== size) refuse('an n-gram is there twice');
  return countsOf(trie, options);
}
