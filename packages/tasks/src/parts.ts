import { DataError, OptionError } from '@elman/core';

/** Rows of one part are never rows of another. */
export type Part = 'train' | 'validation' | 'test';

const PARTS: readonly Part[] = ['train', 'validation', 'test'];

/** The part a text belongs to: its hash (FNV-1a, finished as in MurmurHash3) modulo 3. */
export function partOf(text: string): Part {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return PARTS[((hash ^ (hash >>> 16)) >>> 0) % 3] as Part;
}

/** Throws unless the part is a known one or undefined. */
export function expectPart(where: string, part: Part | undefined): void {
  if (part === undefined || PARTS.includes(part)) return;
  throw new OptionError(`${where}: part: expected ${PARTS.join(', ')} or none, got ${part}.`);
}

/** Draws until the text of the draw belongs to the part; without a part, draws once. */
export function drawOf<T>(part: Part | undefined, draw: () => T, textOf: (drawn: T) => string): T {
  for (let tries = 0; tries < 10_000; tries++) {
    const drawn = draw();
    if (part === undefined || partOf(textOf(drawn)) === part) return drawn;
  }
  throw new DataError(`tasks: part: expected rows of ${part} at this difficulty, got none in 10,000; make it harder.`);
}
