import type { LstmEngine, LstmSizes } from '../lstm-engine.ts';
import { makeArena } from './arena.ts';
import { instantiate, type SimdExports } from './instantiate.ts';
import { moduleOf, preferredVariants, type SimdVariant } from './variants.ts';

/** Widths inside are multiples of this: two vectors. */
const VECTOR = 8;
/** Frames of a block of the gradient by the kernel (DEPTH in assembly/product.ts). */
const DEPTH = 256;

let engine: LstmEngine | undefined | 'none';

/**
 * The LSTM in WebAssembly SIMD, with fused multiply-add where the engine has it; undefined where there is no SIMD. One for all
 * callers: its memory is as large as the largest call has needed.
 *
 * Every element of a product is one sum in the order of its depth, so a row's results are the same, to the bit, whatever the batch.
 * Gates are within a few units of the last place; numbers below 1e-30 become 0 in states and gradients.
 */
export function simdLstm(): LstmEngine | undefined {
  engine ??= firstOf(preferredVariants()) ?? 'none';
  return engine === 'none' ? undefined : engine;
}

function firstOf(variants: readonly SimdVariant[]): LstmEngine | undefined {
  for (const variant of variants) {
    const made = makeSimdLstm(variant);
    if (made) return made;
  }
  return undefined;
}

/** What a test may want to see: `guarded` throws if a call has written beside its blocks; `onMemory` gets the memory. */
export type SimdOptions = { readonly guarded?: boolean; readonly onMemory?: (memory: WebAssembly.Memory) => void };

/** An engine of one variant with a memory of its own; undefined where the variant does not run. */
export function makeSimdLstm(variant: SimdVariant, options: SimdOptions = {}): LstmEngine | undefined {
  const simd = instantiate(moduleOf(variant));
  if (simd) options.onMemory?.(simd.memory);
  return simd && lstmOn(simd, variant === 'simd4x8' ? 'simd' : 'simd+fma', options.guarded ?? false);
}

function lstmOn(simd: SimdExports, name: string, guarded: boolean): LstmEngine {
  const arena = makeArena(simd.memory, Number(simd.free.value), guarded);

  /** Copies rows of `size` floats to a block of rows padded to `width`. */
  const write = (values: Float32Array, block: number, size: number, width: number): void => {
    const rows = values.length / size;
    arena.view(block + 4 * rows * (width - size), values.length).set(values);
    if (size < width) simd.spread(block, rows, size, width);
  };

  /** The rows of a block without their padding, where they stand: until the next call. The block is lost. */
  const read = (block: number, rows: number, size: number, width: number): Float32Array => {
    if (size < width) simd.gather(block, rows, size, width);
    return arena.view(block, rows * size);
  };

  /** Blocks of both directions, and what is the same to do with them. */
  const begin = <Name extends string>(sizes: LstmSizes, saved: Shared, more: Record<Name, number>) => {
    const { time, batch, hidden } = sizes;
    const width = Math.ceil(hidden / VECTOR) * VECTOR;
    const frame = batch * width;
    const blocks = arena.layout<Name | Block>({
      kernel: 4 * width * width,
      packed: 4 * width * width,
      gates: 4 * time * frame,
      hs: (time + 1) * frame,
      cs: (time + 1) * frame,
      mask: time * batch,
      ...more,
    });
    arena.view(blocks.kernel, 4 * width * width).fill(0, 4 * width * hidden);
    write(saved.recurrentKernel, blocks.kernel, hidden, width);
    const initial = saved.reverse ? 4 * time * frame : 0;
    const first = saved.reverse ? 0 : 4 * frame;
    write(saved.h0, blocks.hs + initial, hidden, width);
    write(saved.c0, blocks.cs + initial, hidden, width);
    if (saved.mask) write(saved.mask, blocks.mask, 1, 1);
    const { kernel, packed, gates, hs, cs } = blocks;
    const mask = saved.mask ? blocks.mask : 0;
    const common = [time, batch, width, kernel, packed, gates, hs, cs, mask, saved.reverse ? 1 : 0];
    return { width, blocks, hs: hs + first, cs: cs + first, common };
  };

  return {
    name,
    forward(sizes, input) {
      const { time, batch, hidden } = sizes;
      const { width, blocks, hs, cs, common } = begin(sizes, input, {});
      write(input.projected, blocks.gates, hidden, width);
      simd.forward(...common);
      arena.check();
      return {
        hs: read(hs, time * batch, hidden, width).slice(),
        cs: read(cs, time * batch, hidden, width).slice(),
        gates: read(blocks.gates, 4 * time * batch, hidden, width).slice(),
      };
    },
    backward(sizes, saved, grads) {
      const { time, batch, hidden } = sizes;
      const padded = Math.ceil(hidden / VECTOR) * VECTOR;
      const more = {
        dhs: time * batch * padded,
        dh: batch * padded,
        dc: batch * padded,
        dKernel: 4 * padded * padded,
        aPack: DEPTH * padded,
        bPack: DEPTH * 4 * padded,
      };
      const { width, blocks, hs, cs, common } = begin(sizes, saved, more);
      write(saved.gates, blocks.gates, hidden, width);
      write(saved.hs, hs, hidden, width);
      write(saved.cs, cs, hidden, width);
      write(grads.hs, blocks.dhs, hidden, width);
      for (const [block, last] of [[blocks.dh, grads.hLast] as const, [blocks.dc, grads.cLast] as const]) {
        if (last) write(last, block, hidden, width);
        else arena.view(block, batch * width).fill(0);
      }
      simd.backward(...common, blocks.dhs, blocks.dh, blocks.dc, blocks.dKernel, blocks.aPack, blocks.bPack);
      arena.check();
      return {
        projected: read(blocks.gates, 4 * time * batch, hidden, width),
        recurrentKernel: read(blocks.dKernel, 4 * hidden, hidden, width),
        h0: read(blocks.dh, batch, hidden, width),
        c0: read(blocks.dc, batch, hidden, width),
      };
    },
  };
}

type Block = 'kernel' | 'packed' | 'gates' | 'hs' | 'cs' | 'mask';
type Shared = {
  readonly recurrentKernel: Float32Array;
  readonly h0: Float32Array;
  readonly c0: Float32Array;
  readonly mask?: Float32Array | undefined;
  readonly reverse: boolean;
};
