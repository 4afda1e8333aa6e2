/** Floats between blocks, before the first and after the last: nobody's, so that a write beyond a block can be seen. */
const GUARD = 16;
/** Floats from one possible start of a block to the next: a line of the cache. */
const ALIGNMENT = 16;
/** Bytes of a page of WebAssembly memory. */
const PAGE = 65536;
/** A quiet NaN of no arithmetic's making. */
const PATTERN = 0x7fc0cafe;

const aligned = (floats: number): number => Math.ceil(floats / ALIGNMENT) * ALIGNMENT;

/** Start of each block, in bytes. */
type Layout<Name extends string> = Readonly<Record<Name, number>>;

/** Floats that are in no block. */
type Guard = { readonly from: number; readonly to: number };

/** Blocks of floats side by side in a memory that grows to the largest call and then stays. */
export type Arena = {
  /** Lays blocks of these many floats out; what was there before is gone. */
  layout<Name extends string>(sizes: Readonly<Record<Name, number>>): Layout<Name>;
  /** The floats at an address. Valid until the next layout. */
  view(address: number, length: number): Float32Array;
  /** @throws {Error} if something was written between the blocks since they were laid out. For tests: see `guarded`. */
  check(): void;
};

/** An arena over a module's memory, from a first free byte on. `guarded` marks what lies between blocks, for `check`. */
export function makeArena(memory: WebAssembly.Memory, free: number, guarded: boolean): Arena {
  const start = aligned(free / 4);
  let floats = new Float32Array(memory.buffer);
  let guards: Guard[] = [];
  const words = ({ from, to }: Guard): Uint32Array => new Uint32Array(memory.buffer, from * 4, to - from);
  return {
    layout(sizes) {
      const starts: Record<string, number> = {};
      let end = start + GUARD;
      guards = [{ from: start, to: end }];
      for (const [name, size] of Object.entries<number>(sizes)) {
        starts[name] = end * 4;
        const from = end + size;
        end = aligned(from + GUARD);
        guards.push({ from, to: end });
      }
      if (end > floats.length) {
        memory.grow(Math.ceil((end - floats.length) / (PAGE / 4)));
        floats = new Float32Array(memory.buffer);
      }
      if (guarded) for (const guard of guards) words(guard).fill(PATTERN);
      return starts as Record<keyof typeof sizes, number>;
    },
    view: (address, length) => floats.subarray(address / 4, address / 4 + length),
    check() {
      if (!guarded) return;
      const damaged = guards.findIndex((guard) => words(guard).some((word) => word !== PATTERN));
      if (damaged >= 0) throw new Error(`arena: a write after block ${damaged} of ${guards.length - 1}`);
    },
  };
}
