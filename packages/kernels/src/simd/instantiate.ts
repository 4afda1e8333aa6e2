/** What assembly/index.ts exports. Addresses are in bytes, widths and counts in numbers. */
export type SimdExports = {
  readonly memory: WebAssembly.Memory;
  /** The first byte of the memory that is not the module's own. */
  readonly free: WebAssembly.Global;
  /** (block, count, size, width) */
  readonly spread: (...args: number[]) => void;
  /** (block, count, size, width) */
  readonly gather: (...args: number[]) => void;
  /** (time, batch, width, kernel, packed, gates, hs, cs, mask or 0, reverse) */
  readonly forwardLstm: (...args: number[]) => void;
  /** (time, batch, width, kernel, packed, gates, hs, cs, mask or 0, reverse, dhs, dh, dc, dKernel, aPack, bPack) */
  readonly backwardLstm: (...args: number[]) => void;
  /** (time, batch, width, kernel, packed, gates, candidates, hs, mask or 0, reverse, bias) */
  readonly forwardGru: (...args: number[]) => void;
  /** (time, batch, width, kernel, packed, gates, candidates, hs, mask or 0, reverse, dhs, dh, dKernel, dBias, aPack, bPack) */
  readonly backwardGru: (...args: number[]) => void;
  /** (time, batch, width, kernel, packed, hs, mask or 0, reverse, activation) */
  readonly forwardSimpleRnn: (...args: number[]) => void;
  /** (time, batch, width, kernel, packed, hs, mask or 0, reverse, activation, dhs, dh, dKernel, aPack, bPack) */
  readonly backwardSimpleRnn: (...args: number[]) => void;
};

/**
 * An instance of an embedded module with a memory of its own; nothing where the engine does not know its instructions, or a
 * page's policy forbids to compile. Synchronous, so that nobody need wait for it: the modules are small, and browsers compile
 * up to 8 MB so (Chromium since 115).
 */
export function instantiate(base64: string): SimdExports | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as SimdExports;
  } catch {
    return undefined;
  }
}
