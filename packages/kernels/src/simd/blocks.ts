/** Bytes of a cache line, to which blocks are aligned. */
const LINE = 64;
/** Bytes of a page of WebAssembly memory. */
const PAGE = 65536;

/** Bytes `from` to before `to`. */
type Range = { from: number; to: number };

/** Allocates and frees blocks of a memory. */
export type Blocks = {
  /** Bytes of all blocks. */
  readonly used: number;
  /**
   * Allocates a block of this many bytes, uninitialised: its address. The memory may grow, which invalidates views of it.
   *
   * @throws {RangeError} if there is no room. Nothing has changed then.
   */
  take(bytes: number): number;
  /** The block with another size, its contents kept: its address, which may be another. The same otherwise. */
  resize(address: number, bytes: number): number;
  give(address: number): void;
  /** The floats at an address. Valid until the memory grows. */
  view(address: number, length: number): Float32Array;
  /** The address of an array in this memory; undefined if it is elsewhere. */
  addressOf(values: Float32Array): number | undefined;
};

/** The memory from byte `start` on, in blocks, allocated first fit; free neighbours are merged. Nobody else may grow it. */
export function makeBlocks(memory: WebAssembly.Memory, start: number): Blocks {
  const ends = new Map<number, number>();
  /** In order, none empty, no two adjacent. */
  const free: Range[] = [];
  let size = Math.ceil(start / LINE) * LINE;
  let used = 0;
  let floats: Float32Array;

  const release = (from: number, to: number): void => {
    let at = 0;
    while (at < free.length && (free[at] as Range).from < from) at++;
    const before = free[at - 1];
    const after = free[at];
    const isAfter = after?.from === to;
    if (before?.to === from) {
      before.to = isAfter ? after.to : to;
      if (isAfter) free.splice(at, 1);
    } else if (isAfter) after.from = from;
    else free.splice(at, 0, { from, to });
  };
  const addNew = (): void => {
    const { byteLength } = memory.buffer;
    if (byteLength > size) release(size, byteLength);
    size = Math.max(size, byteLength);
    floats = new Float32Array(memory.buffer);
  };
  /** Takes the bytes from `from` on out of a free range. */
  const claim = (at: number, from: number, bytes: number): number => {
    const range = free[at] as Range;
    const { to } = range;
    const end = from + bytes;
    const rest = end < to ? [{ from: end, to }] : [];
    if (from === range.from) free.splice(at, 1, ...rest);
    else {
      range.to = from;
      free.splice(at + 1, 0, ...rest);
    }
    ends.set(from, end);
    used += bytes;
    return from;
  };
  const fitting = (bytes: number): number => free.findIndex(({ from, to }) => to - from >= bytes);
  const find = (bytes: number): number => {
    const found = fitting(bytes);
    if (found >= 0) return found;
    const last = free.at(-1);
    const there = last?.to === size ? size - last.from : 0;
    try {
      memory.grow(Math.ceil((bytes - there) / PAGE));
    } catch (cause) {
      const text = `kernels: expected room for ${bytes / 4} numbers in the memory of the kernels, found none: `;
      throw new RangeError(`${text}use smaller batches or shorter sequences.`, { cause });
    }
    addNew();
    return fitting(bytes);
  };
  const remove = (address: number): number => {
    const end = ends.get(address);
    if (end === undefined) return address;
    ends.delete(address);
    used -= end - address;
    release(address, end);
    return end;
  };

  addNew();
  return {
    get used() {
      return used;
    },
    take(wanted) {
      const bytes = linesOf(wanted);
      const at = find(bytes);
      return claim(at, (free[at] as Range).from, bytes);
    },
    resize(address, wanted) {
      const bytes = linesOf(wanted);
      const end = remove(address);
      const holder = (): number => free.findIndex(({ from, to }) => from <= address && address < to);
      try {
        const here = holder();
        if ((free[here]?.to ?? 0) - address >= bytes) return claim(here, address, bytes);
        const at = find(bytes);
        const moved = claim(at, (free[at] as Range).from, bytes);
        new Uint8Array(memory.buffer).copyWithin(moved, address, Math.min(end, address + bytes));
        return moved;
      } catch (error) {
        claim(holder(), address, end - address);
        throw error;
      }
    },
    give: remove,
    view: (address, length) => floats.subarray(address / 4, address / 4 + length),
    addressOf: ({ buffer, byteOffset }) => (buffer === floats.buffer ? byteOffset : undefined),
  };
}

const linesOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / LINE)) * LINE;
