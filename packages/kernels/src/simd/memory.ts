/** Pages of 64 KB up to which a memory may grow: 4 GB, which is reserved as addresses only. */
const MOST_PAGES = 65536;

/**
 * A memory that grows with what is computed; undefined where the system does not give the addresses for one. An engine reserves up to
 * 12 GB of them for each (`ulimit -v` limits them), and may make a memory that it cannot make larger: so that is tried.
 */
export function growingMemory(shared: boolean): WebAssembly.Memory | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared });
    memory.grow(31);
    return memory;
  } catch {
    return undefined;
  }
}
