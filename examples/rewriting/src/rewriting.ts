import type { Rng } from '@elman/core';

/** The rows: `train`; `new`, of held-out items; `newForms`, of held-out items in held-out forms. */
export type Part = 'train' | 'new' | 'newForms';

/** A text and its rewriting. */
export type Row = { readonly source: string; readonly target: string };

/** A family of text pairs: an endless stream of rows, each of which can be checked. */
export interface Rewriting {
  readonly name: string;
  /** Every character that occurs. */
  readonly alphabets: { readonly source: string; readonly target: string };
  readonly parts: readonly Part[];
  draw(rng: Rng, part: Part): Row;
}

/** A uniformly random item. */
export const pick = <T>(rng: Rng, items: readonly T[]): T => items[rng.integer(items.length)] as T;

/** Whether an item is held out of training: one of ten, spread evenly and the same on every machine. */
export function isHeldOut(thing: number): boolean {
  const mixed = Math.imul(thing ^ (thing >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 12)) >>> 0) % 10 === 0;
}
