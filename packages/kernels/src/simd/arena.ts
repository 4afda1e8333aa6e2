import type { Blocks } from './blocks.ts';

/** Floats of the guard zones between blocks, before the first and after the last, which detect writes beyond a block. */
const GUARD = 16;
/** Floats from one possible start of a block to the next: a cache line. */
const ALIGNMENT = 16;
/** A quiet NaN that no arithmetic produces. */
const PATTERN = 0x7fc0cafe;

const aligned = (floats: number): number => Math.ceil(floats / ALIGNMENT) * ALIGNMENT;

/** Address of each block. */
type Layout<Name extends string> = Readonly<Record<Name, number>>;

/** A guard zone. */
type Guard = { readonly from: number; readonly to: number };

/** Contiguous blocks of floats in a memory that grows to the largest call. */
export type Arena = {
  /** Lays out blocks of these many floats, overwriting previous contents. */
  layout<Name extends string>(sizes: Readonly<Record<Name, number>>): Layout<Name>;
  /** The floats at an address. Valid until the memory grows, as it may with the next layout. */
  view(address: number, length: number): Float32Array;
  /** @throws {Error} if something was written between the blocks since they were laid out. For tests: see `guarded`. */
  check(): void;
};

/**
 * An arena in one block of a memory, which is made larger for larger layouts, and then may move. `guarded` fills the guard
 * zones, for `check`.
 */
export function makeArena(blocks: Blocks, guarded: boolean): Arena {
  let start = 0;
  let bytes = 0;
  /** From the start, in floats. */
  let guards: Guard[] = [];
  const layout = <Name extends string>(sizes: Readonly<Record<Name, number>>): Layout<Name> => {
    const starts: Record<string, number> = {};
    let end = GUARD;
    const between: Guard[] = [{ from: 0, to: end }];
    for (const [name, size] of Object.entries<number>(sizes)) {
      starts[name] = start + 4 * end;
      const after = end + size;
      end = aligned(after + GUARD);
      between.push({ from: after, to: end });
    }
    if (4 * end > bytes) {
      start = bytes === 0 ? blocks.take(4 * end) : blocks.resize(start, 4 * end);
      bytes = 4 * end;
      return layout(sizes);
    }
    guards = between;
    if (guarded) for (const guard of guards) words(guard).fill(PATTERN);
    return starts as Record<Name, number>;
  };
  const words = ({ from, to }: Guard): Uint32Array => {
    const { buffer, byteOffset, length } = blocks.view(start + 4 * from, to - from);
    return new Uint32Array(buffer, byteOffset, length);
  };
  return {
    layout,
    view: blocks.view,
    check() {
      if (!guarded) return;
      const damaged = guards.findIndex((guard) => words(guard).some((word) => word !== PATTERN));
      if (damaged >= 0) throw new Error(`arena: a write after block ${damaged} of ${guards.length - 1}`);
    },
  };
}
