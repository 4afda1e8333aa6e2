import type { LstmEngine, LstmSizes } from '../lstm-engine.ts';
import { kernelGradientBlocks, paddedWidth, type Workspace } from './workspace.ts';

/** The LSTM in WebAssembly SIMD. Gates are within a few units of the last place; numbers below 1e-30 become 0 in states and gradients. */
export function simdLstm({ name, simd, arena, write, read, writeKernel }: Workspace): LstmEngine {
  /** Blocks of both directions, and what is the same to do with them. */
  const begin = <Name extends string>(sizes: LstmSizes, saved: Shared, more: Record<Name, number>) => {
    const { time, batch, hidden } = sizes;
    const width = paddedWidth(hidden);
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
    writeKernel(saved.recurrentKernel, blocks.kernel, hidden, width);
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
      simd.forwardLstm(...common);
      arena.check();
      return {
        hs: read(hs, time * batch, hidden, width).slice(),
        cs: read(cs, time * batch, hidden, width).slice(),
        gates: read(blocks.gates, 4 * time * batch, hidden, width).slice(),
      };
    },
    backward(sizes, saved, grads) {
      const { time, batch, hidden } = sizes;
      const padded = paddedWidth(hidden);
      const more = {
        dhs: time * batch * padded,
        dh: batch * padded,
        dc: batch * padded,
        ...kernelGradientBlocks(padded, 4),
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
      simd.backwardLstm(...common, blocks.dhs, blocks.dh, blocks.dc, blocks.dKernel, blocks.aPack, blocks.bPack);
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
