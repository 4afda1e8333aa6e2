import { compileWithFlags, haveFlags } from './engine-flags.ts';
import { compile, instantiate, type SimdExports } from './instantiate.ts';
import { growingMemory } from './memory.ts';
import { isRecent, moduleOf, type SimdVariant } from './variants.ts';
import { haveWorkers } from './workers.ts';

/** A compiled module and its variant. */
export type BestModule = {
  readonly module: WebAssembly.Module;
  /** `wide simd+fma`, `simd+fma` or `simd`: see `useExperimentalSimd`. */
  readonly name: string;
  /** Flags of the engine with which it was compiled: see `compileWithFlags`. */
  readonly flags: readonly string[];
};

let experimental = false;
let asked = false;
const found = new Map<boolean, BestModule | undefined>();

/** The best module that runs here, compiled once for shared memories and once for others; undefined without SIMD. */
export function bestModule(shared: boolean): BestModule | undefined {
  asked = true;
  if (!found.has(shared)) found.set(shared, findModule(shared));
  return found.get(shared);
}

/**
 * Lets the kernels use SIMD that V8 still hides behind flags, for the whole process; call it before anything is computed.
 *
 * - Node 20: fused multiply-add (`--experimental-wasm-relaxed-simd`).
 * - Node 24, on x64 with AVX2: pairs of 128-bit operations as one of 256 bits (`--experimental-wasm-revectorize`).
 *   Taken only
 *   if a test is bit-identical to the module without it, and faster.
 *
 * The flags are on only while the kernels' own module is compiled. They are experimental: an application may opt in,
 * a library should leave the choice to it. Returns whether the kernels now use such instructions.
 */
export function useExperimentalSimd(): boolean {
  if (!asked) experimental = haveFlags();
  const best = bestModule(haveWorkers());
  return experimental && best !== undefined && best.name !== nameWithoutFlags();
}

function findModule(shared: boolean): BestModule | undefined {
  const plain = plainModule(shared);
  if (!experimental) return plain;
  if (isRecent()) return widened(shared, plain) ?? plain;
  if (plain?.name === 'simd') {
    const module = compileWithFlags(RELAXED, () => compile(moduleOf('fma4x8'), shared));
    if (module !== undefined) return { module, name: NAMES.fma4x8, flags: RELAXED };
  }
  return plain;
}

const RELAXED = ['experimental-wasm-relaxed-simd'];
const WIDE = ['experimental-wasm-revectorize'];
const NAMES = { simd4x8: 'simd', fma4x8: 'simd+fma', fma6x8: 'simd+fma', fma6x16: 'wide simd+fma' } as const;

const nameWithoutFlags = (): string | undefined => plainModule(haveWorkers())?.name;

function plainModule(shared: boolean): BestModule | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const variants: SimdVariant[] = [isRecent() ? 'fma6x8' : 'fma4x8', 'simd4x8'];
  for (const variant of variants) {
    const module = compile(moduleOf(variant), shared);
    if (module !== undefined) return { module, name: NAMES[variant], flags: [] };
  }
  return undefined;
}

/** The module of 256 bits, if it is bit-identical to the other and faster. */
function widened(shared: boolean, plain: BestModule | undefined): BestModule | undefined {
  const module = compileWithFlags(WIDE, () => compile(moduleOf('fma6x16'), shared));
  if (module === undefined || plain === undefined) return undefined;
  const memory = growingMemory(shared);
  if (memory === undefined) return undefined;
  const [other, wide] = [plain.module, module].map((each) => tried(instantiate(each, memory, 0), memory));
  const same = wide?.bits.every((word, i) => word === other?.bits[i]);
  return same && (wide?.best ?? 0) < 0.8 * (other?.best ?? 0)
    ? { module, name: NAMES.fma6x16, flags: WIDE }
    : undefined;
}

/** Products of some sizes: their bits, and the time of the largest. */
function tried(simd: SimdExports, memory: WebAssembly.Memory): { bits: number[]; best: number } {
  const floats = new Float32Array(memory.buffer);
  const bits: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (const [rows, depth, columns] of [
    [8, 3, 8],
    [24, 67, 40],
    [96, 300, 96],
  ] as const) {
    const [a, b, c] = [1024, 1024 + rows * depth, 1024 + rows * depth + depth * columns];
    const scratch = c + rows * columns;
    for (let i = a; i < c; i++) floats[i] = Math.sin(i * i);
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      const matrices = [4 * a, 4 * rows, 4 * b, 4 * columns, 4 * c, 4 * columns] as const;
      simd.kernelGradient(0, 0, columns, ...matrices, rows, depth, columns, 4 * scratch);
      if (rows === 96) best = Math.min(best, performance.now() - start);
    }
    bits.push(...new Int32Array(memory.buffer, 4 * c, rows * columns));
  }
  return { bits, best };
}
