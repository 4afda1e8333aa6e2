import { copiesBetween } from './copy-floats.ts';

/** Pages of 64 KB up to which a memory may grow: 4 GB, which is reserved as addresses only. */
const MOST_PAGES = 65536;

/**
 * A memory that can grow; undefined where the system does not give the address space for one. An engine reserves up to
 * 10 GB for each (`ulimit -v` limits it), or makes a memory that cannot grow: therefore that is tried.
 */
export function growingMemory(shared: boolean): WebAssembly.Memory | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared });
    memory.grow(31);
    copiesBetween(memory);
    return memory;
  } catch {
    return undefined;
  }
}
