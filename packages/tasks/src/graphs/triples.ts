import { OptionError } from '@elman/core';
import type { Example } from '../example.ts';
import { countLast } from '../memory/vectors.ts';

/** An edge of a graph, or a question, in which a part is missing. */
export type Triple = {
  readonly source?: number | undefined;
  readonly edge?: number | undefined;
  readonly destination?: number | undefined;
};

/** Number of sources, edges and destinations. */
export type TripleSizes = { readonly labels: number; readonly edges: number };

/** Channels of a frame: source, edge and destination, each one-hot, and two that mark a question frame and an answer frame. */
export function tripleWidth({ labels, edges }: TripleSizes): number {
  return 2 * labels + edges + 2;
}

/** A name for each channel of a frame. */
export function tripleNames({ labels, edges }: TripleSizes, edgeName: (edge: number) => string): string[] {
  const nodes = nodeNames(labels);
  const ofEdges = Array.from({ length: edges }, (_, edge) => edgeName(edge));
  return [...nodes.map((node) => `${node}→`), ...ofEdges, ...nodes.map((node) => `→${node}`), '?', '!'];
}

/** The numbers from 0. */
export function nodeNames(labels: number): string[] {
  return Array.from({ length: labels }, (_, label) => String(label));
}

/** Edges, one per frame, then questions, then a frame for each node of the answer. */
export function tripleExample(
  sizes: TripleSizes,
  shown: readonly Triple[],
  asked: readonly Triple[],
  answer: readonly number[],
): Example {
  const { labels, edges } = sizes;
  const frame = ({ source, edge, destination }: Triple, ...marks: readonly [number, number]): number[] => {
    const channels = Array<number>(tripleWidth(sizes)).fill(0);
    if (source !== undefined) channels[source] = 1;
    if (edge !== undefined) channels[labels + edge] = 1;
    if (destination !== undefined) channels[labels + edges + destination] = 1;
    channels.splice(-2, 2, ...marks);
    return channels;
  };
  const before = shown.length + asked.length;
  return {
    inputs: [
      ...shown.map((triple) => frame(triple, 0, 0)),
      ...asked.map((triple) => frame(triple, 1, 0)),
      ...answer.map(() => frame({}, 0, 1)),
    ],
    targets: [...Array<number>(before).fill(0), ...answer],
    mask: countLast(before, answer.length),
  };
}

/** Throws unless an option is a whole number in a range. */
export function expectBetween(
  where: string,
  option: string,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new OptionError(`${where}: ${option}: expected a whole number from ${least} to ${most}, got ${value}.`);
}
