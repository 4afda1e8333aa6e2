/** Floats of the guard zones between blocks, before the first and after the last, which detect writes beyond a block. */
const GUARD = 16;
/** Floats from one possible start of a block to the next: a cache line. */
const ALIGNMENT = 16;
/** Bytes of a page of WebAssembly memory. */
const PAGE = 65536;
/** A quiet NaN that no arithmetic produces. */
const PATTERN = 0x7fc0cafe;

const aligned = (floats: number): number => Math.ceil(floats / ALIGNMENT) * ALIGNMENT;

/** Start of each block, in bytes. */
type Layout<Name extends string> = Readonly<Record<Name, number>>;

/** A guard zone. */
type Guard = { readonly from: number; readonly to: number };

/** The holder of values in an arena that are still needed. */
export type Tenant = {
  /** Called before the values are overwritten, to copy them. */
  moveOut(): void;
  /** Called when the values are no longer needed. */
  release(): void;
};

/** Contiguous blocks of floats in a memory that grows to the largest call. */
export type Arena = {
  /**
   * Lays out blocks of these many floats, overwriting previous contents. The tenant moves out, unless it is the one given:
   * then a layout with the same first blocks as the previous one keeps their values.
   */
  layout<Name extends string>(sizes: Readonly<Record<Name, number>>, tenant?: Tenant | undefined): Layout<Name>;
  /** The same after the blocks of the tenant, which are unchanged. */
  beside<Name extends string>(sizes: Readonly<Record<Name, number>>): Layout<Name>;
  /** Makes `tenant` the holder of the current layout. */
  hold(tenant: Tenant): void;
  isHeldBy(tenant: Tenant): boolean;
  leave(tenant: Tenant): void;
  /** The floats at an address. Valid until the next layout. */
  view(address: number, length: number): Float32Array;
  /** @throws {Error} if something was written between the blocks since they were laid out. For tests: see `guarded`. */
  check(): void;
};

/** An arena over a module's memory, from a first free byte on. `guarded` fills the guard zones, for `check`. */
export function makeArena(memory: WebAssembly.Memory, free: number, guarded: boolean): Arena {
  const start = aligned(free / 4);
  let floats = new Float32Array(memory.buffer);
  let guards: Guard[] = [];
  let tenant: Tenant | undefined;
  let heldTo = start;
  const lay = <Name extends string>(from: number, sizes: Readonly<Record<Name, number>>): Layout<Name> => {
    const starts: Record<string, number> = {};
    let end = from + GUARD;
    guards = [{ from, to: end }];
    for (const [name, size] of Object.entries<number>(sizes)) {
      starts[name] = end * 4;
      const after = end + size;
      end = aligned(after + GUARD);
      guards.push({ from: after, to: end });
    }
    if (end > floats.length) {
      memory.grow(Math.ceil((end - floats.length) / (PAGE / 4)));
      floats = new Float32Array(memory.buffer);
    }
    if (guarded) for (const guard of guards) words(guard).fill(PATTERN);
    return starts as Record<Name, number>;
  };
  const words = ({ from, to }: Guard): Uint32Array => new Uint32Array(memory.buffer, from * 4, to - from);
  return {
    layout(sizes, same) {
      if (tenant !== undefined && tenant !== same) {
        const leaving = tenant;
        tenant = undefined;
        leaving.moveOut();
      }
      return lay(start, sizes);
    },
    beside: (sizes) => lay(tenant === undefined ? start : heldTo, sizes),
    hold(by) {
      tenant = by;
      heldTo = (guards.at(-1) as Guard).to;
    },
    isHeldBy: (by) => tenant === by,
    leave(by) {
      if (tenant === by) tenant = undefined;
    },
    view: (address, length) => floats.subarray(address / 4, address / 4 + length),
    check() {
      if (!guarded) return;
      const damaged = guards.findIndex((guard) => words(guard).some((word) => word !== PATTERN));
      if (damaged >= 0) throw new Error(`arena: a write after block ${damaged} of ${guards.length - 1}`);
    },
  };
}
