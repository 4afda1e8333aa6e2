/** Bytes of a cache line, to which blocks are aligned. */
const LINE = 64;
/** Bytes of a page of WebAssembly memory. */
const PAGE = 65536;

type Range = { readonly from: number; readonly to: number };

/** Allocates and frees blocks of a memory. */
export type Blocks = {
  /** Allocates a block of this many bytes, uninitialised: its address. The memory may grow, which invalidates views of it. */
  take(bytes: number): number;
  give(address: number): void;
};

/** The memory from byte `start` on, in blocks, allocated first fit; free neighbours are merged. */
export function makeBlocks(memory: WebAssembly.Memory, start: number): Blocks {
  const ends = new Map<number, number>();
  let size = memory.buffer.byteLength;
  let free: readonly Range[] = [{ from: Math.ceil(start / LINE) * LINE, to: size }];
  const grow = (bytes: number): void => {
    const last = free.at(-1);
    const there = last?.to === size ? size - last.from : 0;
    memory.grow(Math.ceil((bytes - there) / PAGE));
    release({ from: size, to: memory.buffer.byteLength });
    size = memory.buffer.byteLength;
  };
  const release = ({ from, to }: Range): void => {
    const before = free.find((range) => range.to === from);
    const after = free.find((range) => range.from === to);
    const whole = { from: before?.from ?? from, to: after?.to ?? to };
    free = [...free.filter((range) => range !== before && range !== after), whole].sort((a, b) => a.from - b.from);
  };
  return {
    take(wanted) {
      const bytes = Math.max(1, Math.ceil(wanted / LINE)) * LINE;
      const fits = ({ from, to }: Range): boolean => to - from >= bytes;
      if (!free.some(fits)) grow(bytes);
      const found = free.find(fits) as Range;
      const rest = { from: found.from + bytes, to: found.to };
      free = free.flatMap((range) => (range !== found ? [range] : rest.from < rest.to ? [rest] : []));
      ends.set(found.from, rest.from);
      return found.from;
    },
    give(address) {
      const end = ends.get(address);
      if (end === undefined) return;
      ends.delete(address);
      release({ from: address, to: end });
    },
  };
}
