/** Memories that arrays often lie in: those of the kernels and of tfjs. */
const known: WeakRef<WebAssembly.Memory>[] = [];
/** Functions (target, source, bytes) from one memory to another: undefined where the engine has none. */
type CopyBytes = (target: number, source: number, bytes: number) => void;
const copiers = new WeakMap<WebAssembly.Memory, WeakMap<WebAssembly.Memory, CopyBytes | undefined>>();

/** Arrays shorter than this are not worth a call. */
const SHORT = 1024;

/** Says that arrays in this memory are copied by `copyFloats`. */
export function copiesBetween(memory: WebAssembly.Memory): void {
  known.push(new WeakRef(memory));
}

/**
 * Copies all numbers of an array to the start of another: as `set` does, but fast where one of them lies in shared memory, of which
 * `set` copies eight bytes at a time, a third as fast. That takes an engine with several memories in a module (V8 since 12.0).
 */
export function copyFloats(target: Float32Array, source: Float32Array): void {
  const copy = source.length < SHORT ? undefined : copierOf(target, source);
  if (copy === undefined) target.set(source);
  else copy(target.byteOffset, source.byteOffset, source.byteLength);
}

function copierOf(target: Float32Array, source: Float32Array): CopyBytes | undefined {
  const [to, from] = [memoryOf(target), memoryOf(source)];
  if (to === undefined || from === undefined || to === from) return undefined;
  let others = copiers.get(to);
  if (others === undefined) {
    others = new WeakMap();
    copiers.set(to, others);
  }
  if (!others.has(from)) others.set(from, compile(to, from));
  return others.get(from);
}

function memoryOf({ buffer }: Float32Array): WebAssembly.Memory | undefined {
  for (const reference of known) {
    const memory = reference.deref();
    if (memory?.buffer === buffer) return memory;
  }
  return undefined;
}

function compile(to: WebAssembly.Memory, from: WebAssembly.Memory): CopyBytes | undefined {
  const bytes = moduleOf(isShared(to), isShared(from));
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { memory: { to, from } }).exports.copy as CopyBytes;
  } catch {
    return undefined;
  }
}

const isShared = ({ buffer }: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;

/** A module of one function, memory.copy from its second memory to its first. */
function moduleOf(isToShared: boolean, isFromShared: boolean): Uint8Array<ArrayBuffer> {
  const text = (name: string): number[] => [name.length, ...[...name].map((letter) => letter.charCodeAt(0))];
  const section = (id: number, ...body: number[]): number[] => [id, body.length, ...body];
  // At least no page; a shared one declares that it has at most 65,536.
  const memory = (name: string, shared: boolean): number[] => [
    ...text('memory'),
    ...text(name),
    2,
    ...(shared ? [3, 0, 0x80, 0x80, 4] : [0, 0]),
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0),
    ...section(2, 2, ...memory('to', isToShared), ...memory('from', isFromShared)),
    ...section(3, 1, 0),
    ...section(7, 1, ...text('copy'), 0, 0),
    ...section(10, 1, 12, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 0x0a, 0, 1, 0x0b),
  ]);
}
