import { fma4x8, fma6x8, fma6x16, simd4x8 } from './modules.ts';

/** A module that contains only a table with 64-bit indices: V8 supports them since Node 24 (13.6), not in Node 23 (12.9). */
const TABLE64 = [0, 97, 115, 109, 1, 0, 0, 0, 4, 4, 1, 0x70, 4, 1];

/**
 * How a module computes: its instructions, and how many sums a product keeps in registers.
 *
 * - `simd4x8`: multiplies, then adds. The same result everywhere.
 * - `fma4x8`, `fma6x8`: relaxed SIMD, one instruction for a·b + c. Both give the same result on the same machine; 6x8
 *   is a twentieth
 *   faster where the engine keeps its 12 sums in registers, and half as fast where it does not (V8 before Node 24).
 * - `fma6x16`: for V8 started with `--experimental-wasm-revectorize`, which fuses pairs of vectors; slower than 6x8 without.
 */
export type SimdVariant = 'simd4x8' | 'fma4x8' | 'fma6x8' | 'fma6x16';

/** Base64 of a variant's module. */
export function moduleOf(variant: SimdVariant): string {
  return { simd4x8, fma4x8, fma6x8, fma6x16 }[variant];
}

/** Whether the engine keeps the 12 sums of 6x8 in registers: whether it supports tables with 64-bit indices. */
export function isRecent(): boolean {
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(Uint8Array.from(TABLE64));
}
