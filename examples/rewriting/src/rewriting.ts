import type { Rng } from '@elman/core';

/** Which rows: `train`; `new`, of things that training never shows; `newForms`, of such things written as training never writes them. */
export type Part = 'train' | 'new' | 'newForms';

/** A text and how it is to be written. */
export type Row = { readonly source: string; readonly target: string };

/** Something that can be written in two ways: rows without end, each of which can be checked. */
export interface Rewriting {
  readonly name: string;
  /** Every character that occurs. */
  readonly alphabets: { readonly source: string; readonly target: string };
  readonly parts: readonly Part[];
  draw(rng: Rng, part: Part): Row;
}

/** One of them, each as likely as the others. */
export const pick = <T>(rng: Rng, items: readonly T[]): T => items[rng.integer(items.length)] as T;

/** Whether a thing is kept from training: one of ten is, spread evenly and the same on every machine. */
export function isHeldOut(thing: number): boolean {
  const mixed = Math.imul(thing ^ (thing >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 12)) >>> 0) % 10 === 0;
}
