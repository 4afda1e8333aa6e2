import type { GruEngine, GruInput } from '../gru-engine.ts';
import { copyOf } from '../pool.ts';
import type { SequenceSizes } from '../sequence.ts';
import type { Tenant } from './arena.ts';
import { backupSize } from './frames.ts';
import { holdIn, tenantOf } from './held.ts';
import { kernelGradientBlocks, paddedWidth, type Workspace } from './workspace.ts';

type Block = 'kernel' | 'packed' | 'gates' | 'candidates' | 'hs' | 'mask';

/** The GRU in WebAssembly SIMD. Numbers below 1e-30 become 0 in states and gradients. */
export function simdGru({ name, arena, team, write, read, writeKernel }: Workspace): GruEngine {
  /** Blocks of both directions, and what both have in common. */
  const begin = <Name extends string>(
    { time, batch, hidden }: SequenceSizes,
    { recurrentKernel, h0, mask, reverse }: Pick<GruInput, 'recurrentKernel' | 'h0' | 'mask' | 'reverse'>,
    more: Record<Name, number>,
    tenant?: Tenant | undefined,
  ) => {
    const width = paddedWidth(hidden);
    const frame = batch * width;
    const shared = {
      kernel: 3 * width * width,
      packed: 3 * width * width,
      gates: 3 * time * frame,
      candidates: time * frame,
      hs: (time + 1) * frame,
      mask: time * batch,
    };
    const blocks = arena.layout<Name | Block>({ ...shared, ...more }, tenant);
    const { kernel, packed, gates, candidates, hs } = blocks;
    if (tenant === undefined) {
      writeKernel(recurrentKernel, kernel, hidden, width);
      write(h0, hs + (reverse ? 4 * time * frame : 0), hidden, width);
      if (mask) write(mask, blocks.mask, 1, 1);
    }
    const where = [packed, gates, candidates, hs, mask ? blocks.mask : 0, reverse ? 1 : 0];
    return {
      blocks,
      after: hs + (reverse ? 0 : 4 * frame),
      kernel: [kernel, 12 * width, packed, width, 3 * width],
      common: [time, batch, width, ...where] as const,
      work: 6 * time * batch * width * width,
    };
  };

  return {
    name,
    forward(sizes, input) {
      const { time, batch, hidden } = sizes;
      const width = paddedWidth(hidden);
      const backup = backupSize('forwardGru', time, batch, width);
      const { blocks, after, kernel, common, work } = begin(sizes, input, { bias: width, backup });
      write(input.projected, blocks.gates, hidden, width);
      write(input.recurrentBias, blocks.bias, hidden, width);
      team.run('packKernel', 3 * width, 8, 3 * width * width, ...kernel);
      team.runFrames('forwardGru', work, blocks.backup, ...common, blocks.bias);
      arena.check();
      if (input.hold && width === hidden) {
        const states = time * batch * hidden;
        return holdIn(arena, {
          hs: { address: after, length: states },
          gates: { address: blocks.gates, length: 3 * states },
          candidates: { address: blocks.candidates, length: states },
        });
      }
      return {
        hs: copyOf(read(after, time * batch, hidden, width)),
        gates: copyOf(read(blocks.gates, 3 * time * batch, hidden, width)),
        candidates: copyOf(read(blocks.candidates, time * batch, hidden, width)),
      };
    },
    backward(sizes, saved, grads) {
      const { time, batch, hidden } = sizes;
      const width = paddedWidth(hidden);
      const more = {
        dhs: time * batch * width,
        dh: batch * width,
        dBias: width,
        backup: backupSize('backwardGru', time, batch, width),
        ...kernelGradientBlocks(width, 3, team),
      };
      const tenant = tenantOf(arena, saved.spend);
      const { blocks, after, kernel, common, work } = begin(sizes, saved, more, tenant);
      const { gates, candidates, hs, dhs, dh, dKernel, dBias, scratch } = blocks;
      if (tenant === undefined) {
        write(saved.gates, blocks.gates, hidden, width);
        write(saved.candidates, blocks.candidates, hidden, width);
        write(saved.hs, after, hidden, width);
      }
      write(grads.hs, blocks.dhs, hidden, width);
      if (grads.hLast) write(grads.hLast, blocks.dh, hidden, width);
      else arena.view(blocks.dh, batch * width).fill(0);
      const rows = time * batch;
      team.run('packTransposedKernel', width, 8, 3 * width * width, ...kernel);
      team.runFrames('backwardGru', work, blocks.backup, ...common, dhs, dh);
      const before = hs + (saved.reverse ? 4 * batch * width : 0);
      const matrices = [before, 4 * width, gates, 12 * width, dKernel, 12 * width];
      team.run('kernelGradient', 3 * width, 8, work, ...matrices, width, rows, 3 * width, scratch);
      team.run('columnSums', width, 8, rows * width, rows, 12 * width, gates + 8 * width, dBias);
      team.run('putCandidates', rows, 1, rows * width, width, gates, candidates);
      arena.check();
      return {
        projected: read(blocks.gates, 3 * time * batch, hidden, width),
        recurrentKernel: read(dKernel, 3 * hidden, hidden, width),
        recurrentBias: read(dBias, 1, hidden, width),
        h0: read(dh, batch, hidden, width),
      };
    },
  };
}
