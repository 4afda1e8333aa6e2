/** What assembly/index.ts exports. Addresses are in bytes, as are steps, from row to row; widths and counts are in numbers. */
export type SimdExports = {
  /** Bytes that `placeConstants` writes. */
  readonly CONSTANT_BYTES: WebAssembly.Global;
  /** (address): must be called first. */
  readonly placeConstants: (address: number) => void;
  /** Scratch numbers that each part of `highest` needs. */
  readonly HIGHEST_ROOM: WebAssembly.Global;
  /** (rows, depth, columns): numbers */
  readonly matMulScratch: (rows: number, depth: number, columns: number) => number;
  /** (address, count) */
  readonly sum: (address: number, count: number) => number;
  /** (rows, time, size, mask or 0, reverse, bytes from frame to frame of a, a, b, h, outputs, last state) */
  readonly forwardScan: (...args: number[]) => void;
  /** (the same up to a, h, outputs, gradients w.r.t. outputs and last state; gradients w.r.t. a, b and h) */
  readonly backwardScan: (...args: number[]) => void;
  /** The same of complex numbers: each address is two, of the real and of the imaginary parts. */
  readonly forwardComplexScan: (...args: number[]) => void;
  readonly backwardComplexScan: (...args: number[]) => void;
  /** (count, x) */
  readonly sumOfSquares: (count: number, x: number) => number;
  /** (count, x, factor, y) */
  readonly scale: (...args: number[]) => void;
  /** (count, x, y, factor, z) */
  readonly addScaled: (...args: number[]) => void;
  /** (count, gradient, mean, meanSquare, largest or 0, parameter or 0, their next three, update, and the numbers) */
  readonly adam: (...args: number[]) => void;
} & { readonly [name in PartName]: (part: number, from: number, to: number, ...args: number[]) => void };

/** Functions that work in parts, called with (part, from unit, to unit, …); the comments list the further arguments. */
type PartName = PureName | OntoName;

/** Those that write only what they do not read: a part may be computed again at any time. */
export type PureName =
  /** columns, rounded up to a multiple of 8: (kernel, its step, packed, rows, columns) */
  | 'packKernel'
  /** rows, rounded up to a multiple of 8: (kernel, its step, packed, rows, columns) */
  | 'packTransposedKernel'
  /** columns: (a, its step, b, its step, c, its step, rows, depth, columns, scratch) */
  | 'kernelGradient'
  /** rows: (columns, bytes from row to row, z, count, values, places, normalizers, scratch) */
  | 'highest'
  /**
   * rows or columns: (by columns, a, b, c, rows, depth, columns, transpose a, transpose b, bias or 0, scratch, its
   * bytes a part)
   */
  | 'matMul'
  /** rows: (columns, logits, ids, weights, their step, smoothing, losses, gradient or 0, scratch for a row) */
  | 'softmaxCrossEntropy'
  /** second: (source, its step, target, its step, first, second, size) */
  | 'swapAxes'
  /** places: (table, ids, out, size) */
  | 'gatherRows'
  /** columns: (rows, bytes from row to row, source, target) */
  | 'columnSums';

/** Those that add to what is there, the products if `add` is not 0. */
export type OntoName =
  /** numbers of a row: (values, ids, out, count, rows of out, size) */
  | 'addRows'
  /** rows of a and c: (a, its step, packed, c, its step, depth, columns, add) */
  | 'multiplyRows'
  /** columns: (a, its step, packed, c, its step, rows, depth, columns, add) */
  | 'multiplyColumns';

/** The import of a memory `env.memory` that is not shared but has a maximum, up to its flags. */
const MEMORY_IMPORT = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2];

/**
 * An embedded module, compiled; undefined where the engine lacks its instructions, or a page's policy forbids compilation.
 * Synchronous: the modules are small, and browsers compile up to 8 MB so (Chromium since 115).
 *
 * @param shared Whether its memory is shared between threads, which a module must declare.
 */
export function compile(base64: string, shared: boolean): WebAssembly.Module | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (shared) bytes[flagsOfMemory(bytes)] = 3;
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  }
}

function flagsOfMemory(bytes: Uint8Array): number {
  const start = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, k) => bytes[i + k] === byte));
  return start + MEMORY_IMPORT.length;
}

/** An instance over a memory, its constants, `CONSTANT_BYTES` long, at `address`. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, address: number): SimdExports {
  const simd = new WebAssembly.Instance(module, { env: { memory } }).exports as SimdExports;
  simd.placeConstants(address);
  return simd;
}
