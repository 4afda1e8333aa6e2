import { copyOf } from '../pool.ts';
import type { ResetBeforeGruEngine, ResetBeforeGruInput } from '../reset-before-gru-engine.ts';
import type { SequenceSizes } from '../sequence.ts';
import { backupSize } from './frames.ts';
import { kernelGradientBlocks, paddedWidth, type Workspace } from './workspace.ts';

type Block = 'kernel' | 'packed' | 'candidate' | 'packedCandidate' | 'gates' | 'hs' | 'mask';

/**
 * The GRU whose reset gate acts before the product, in WebAssembly SIMD. Numbers below 1e-30 become 0 in states and
 * gradients.
 */
export function simdResetBeforeGru({ name, arena, team, write, read, writeKernel }: Workspace): ResetBeforeGruEngine {
  /** Blocks of both directions, and what both have in common. */
  const begin = <Name extends string>(
    { time, batch, hidden }: SequenceSizes,
    { recurrentKernel, h0, mask, reverse }: Omit<ResetBeforeGruInput, 'projected'>,
    more: Record<Name, number>,
  ) => {
    const width = paddedWidth(hidden);
    const frame = batch * width;
    const blocks = arena.layout<Name | Block>({
      kernel: 2 * width * width,
      packed: 2 * width * width,
      candidate: width * width,
      packedCandidate: width * width,
      gates: 3 * time * frame,
      hs: (time + 1) * frame,
      mask: time * batch,
      ...more,
    });
    const { kernel, packed, candidate, packedCandidate, gates, hs } = blocks;
    writeKernel(columnsOf(recurrentKernel, hidden, 0, 2), kernel, hidden, width);
    writeKernel(columnsOf(recurrentKernel, hidden, 2, 3), candidate, hidden, width);
    write(h0, hs + (reverse ? 4 * time * frame : 0), hidden, width);
    if (mask) write(mask, blocks.mask, 1, 1);
    const where = [packed, packedCandidate, gates, hs, mask ? blocks.mask : 0, reverse ? 1 : 0];
    return {
      blocks,
      after: hs + (reverse ? 0 : 4 * frame),
      /** Kernels of z and r, and of n. */
      kernels: [
        [kernel, 8 * width, packed, width, 2 * width],
        [candidate, 4 * width, packedCandidate, width, width],
      ] as const,
      common: [time, batch, width, ...where] as const,
      work: 6 * time * batch * width * width,
    };
  };

  return {
    name,
    forward(sizes, input) {
      const { time, batch, hidden } = sizes;
      const width = paddedWidth(hidden);
      const backup = backupSize('forwardResetBeforeGru', time, batch, width);
      const { blocks, after, kernels, common, work } = begin(sizes, input, { reset: batch * width, backup });
      write(input.projected, blocks.gates, hidden, width);
      for (const [i, kernel] of kernels.entries()) {
        team.run('packKernel', (2 - i) * width, 8, 2 * width * width, ...kernel);
      }
      team.runFrames('forwardResetBeforeGru', work, blocks.backup, ...common, blocks.reset);
      arena.check();
      return {
        hs: copyOf(read(after, time * batch, hidden, width)),
        gates: copyOf(read(blocks.gates, 3 * time * batch, hidden, width)),
      };
    },
    backward(sizes, saved, grads) {
      const { time, batch, hidden } = sizes;
      const width = paddedWidth(hidden);
      const rows = time * batch;
      const more = {
        resets: rows * width,
        dReset: batch * width,
        backup: backupSize('backwardResetBeforeGru', time, batch, width),
        dhs: rows * width,
        dh: batch * width,
        ...kernelGradientBlocks(width, 3, team),
      };
      const { blocks, after, kernels, common, work } = begin(sizes, saved, more);
      const { gates, hs, resets, dReset, dhs, dh, dKernel, scratch } = blocks;
      write(saved.gates, gates, hidden, width);
      write(saved.hs, after, hidden, width);
      write(grads.hs, dhs, hidden, width);
      if (grads.hLast) write(grads.hLast, dh, hidden, width);
      else arena.view(dh, batch * width).fill(0);
      for (const kernel of kernels) team.run('packTransposedKernel', width, 8, 2 * width * width, ...kernel);
      team.runFrames('backwardResetBeforeGru', work, blocks.backup, ...common, resets, dReset, dhs, dh);
      const before = hs + (saved.reverse ? 4 * batch * width : 0);
      const sums = [
        [2, before, 0],
        [1, resets, 8 * width],
      ] as const;
      for (const [count, states, place] of sums) {
        const matrices = [states, 4 * width, gates + place, 12 * width, dKernel + place, 12 * width];
        team.run('kernelGradient', count * width, 8, work, ...matrices, width, rows, count * width, scratch);
      }
      arena.check();
      return {
        projected: read(gates, 3 * rows, hidden, width),
        recurrentKernel: read(dKernel, 3 * hidden, hidden, width),
        h0: read(dh, batch, hidden, width),
      };
    },
  };
}

/** The columns of the gates `from` to `to` of a kernel [hidden, 3·hidden]. */
function columnsOf(kernel: Float32Array, hidden: number, from: number, to: number): Float32Array {
  const width = (to - from) * hidden;
  const columns = new Float32Array(hidden * width);
  for (let row = 0; row < hidden; row++) {
    const start = (3 * row + from) * hidden;
    columns.set(kernel.subarray(start, start + width), row * width);
  }
  return columns;
}
