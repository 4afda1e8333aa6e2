import type { LstmEngine, LstmInput, LstmSizes } from '../lstm-engine.ts';
import { copyOf } from '../pool.ts';
import type { Tenant } from './arena.ts';
import { backupSize } from './frames.ts';
import { holdIn, tenantOf } from './held.ts';
import { kernelGradientBlocks, paddedWidth, type Workspace } from './workspace.ts';

/** The LSTM in WebAssembly SIMD. Gates are accurate to a few ulp; numbers below 1e-30 become 0 in states and gradients. */
export function simdLstm({ name, arena, team, write, read, writeKernel }: Workspace): LstmEngine {
  /** Blocks of both directions, and what both have in common. */
  const begin = <Name extends string>(
    sizes: LstmSizes,
    saved: Shared,
    more: Record<Name, number>,
    tenant?: Tenant | undefined,
  ) => {
    const { time, batch, hidden } = sizes;
    const width = paddedWidth(hidden);
    const frame = batch * width;
    const common = {
      kernel: 4 * width * width,
      packed: 4 * width * width,
      gates: 4 * time * frame,
      hs: (time + 1) * frame,
      cs: (time + 1) * frame,
      mask: time * batch,
      peepholes: saved.peepholes ? 3 * width : 0,
    };
    const blocks = arena.layout<Name | Block>({ ...common, ...more }, tenant);
    const initial = saved.reverse ? 4 * time * frame : 0;
    const first = saved.reverse ? 0 : 4 * frame;
    if (tenant === undefined) {
      writeKernel(saved.recurrentKernel, blocks.kernel, hidden, width);
      write(saved.h0, blocks.hs + initial, hidden, width);
      write(saved.c0, blocks.cs + initial, hidden, width);
      if (saved.mask) write(saved.mask, blocks.mask, 1, 1);
      if (saved.peepholes) write(saved.peepholes, blocks.peepholes, hidden, width);
    }
    const { kernel, packed, hs, cs } = blocks;
    const mask = saved.mask ? blocks.mask : 0;
    const peepholes = saved.peepholes ? blocks.peepholes : 0;
    const reverse = saved.reverse ? 1 : 0;
    const work = 8 * time * batch * width * width;
    return {
      width,
      blocks,
      hs: hs + first,
      cs: cs + first,
      kernel: [kernel, 16 * width, packed, width, 4 * width],
      mask,
      reverse,
      peepholes,
      work,
    };
  };

  /** The gradient w.r.t. the peepholes: of i and f with the states before every frame, of o with those after. */
  const byPeepholes = (
    { time, batch }: LstmSizes,
    width: number,
    gates: number,
    after: number,
    before: number,
    target: number,
  ): void => {
    const rows = time * batch;
    const step = 4 * width;
    for (const [i, [gate, states]] of [[0, before] as const, [1, before] as const, [3, after] as const].entries()) {
      const place = [rows, 4 * step, gates + gate * step, step, states, target + i * step];
      team.run('columnDots', width, 8, rows * width, ...place);
    }
  };

  return {
    name,
    forward(sizes, input) {
      const { time, batch, hidden } = sizes;
      const backup = backupSize('forwardLstm', time, batch, paddedWidth(hidden));
      const { width, blocks, hs, cs, kernel, mask, reverse, peepholes, work } = begin(sizes, input, { backup });
      const { packed, gates } = blocks;
      write(input.projected, gates, hidden, width);
      team.run('packKernel', 4 * width, 8, 4 * width * width, ...kernel);
      const states = [blocks.hs, blocks.cs, mask, reverse, peepholes];
      team.runFrames('forwardLstm', work, blocks.backup, time, batch, width, packed, gates, ...states);
      arena.check();
      if (input.hold && width === hidden) {
        const states = time * batch * hidden;
        return holdIn(arena, {
          hs: { address: hs, length: states },
          cs: { address: cs, length: states },
          gates: { address: gates, length: 4 * states },
        });
      }
      return {
        hs: copyOf(read(hs, time * batch, hidden, width)),
        cs: copyOf(read(cs, time * batch, hidden, width)),
        gates: copyOf(read(blocks.gates, 4 * time * batch, hidden, width)),
      };
    },
    backward(sizes, saved, grads) {
      const { time, batch, hidden } = sizes;
      const padded = paddedWidth(hidden);
      const more = {
        dhs: time * batch * padded,
        dh: batch * padded,
        dc: batch * padded,
        dPeepholes: saved.peepholes ? 3 * padded : 0,
        backup: backupSize('backwardLstm', time, batch, padded),
        ...kernelGradientBlocks(padded, 4, team),
      };
      const tenant = tenantOf(arena, saved.spend);
      const begun = begin(sizes, saved, more, tenant);
      const { width, blocks, hs, cs, kernel, mask, reverse, peepholes, work } = begun;
      const { packed, gates, dhs, dh, dc, dKernel, scratch } = blocks;
      if (tenant === undefined) {
        write(saved.gates, blocks.gates, hidden, width);
        write(saved.hs, hs, hidden, width);
        write(saved.cs, cs, hidden, width);
      }
      write(grads.hs, blocks.dhs, hidden, width);
      for (const [block, last] of [[blocks.dh, grads.hLast] as const, [blocks.dc, grads.cLast] as const]) {
        if (last) write(last, block, hidden, width);
        else arena.view(block, batch * width).fill(0);
      }
      team.run('packTransposedKernel', width, 8, 4 * width * width, ...kernel);
      const states = [blocks.cs, mask, reverse, dhs, dh, dc, peepholes];
      team.runFrames('backwardLstm', work, blocks.backup, time, batch, width, packed, gates, ...states);
      const before = saved.reverse ? 4 * batch * width : 0;
      const matrices = [blocks.hs + before, 4 * width, gates, 16 * width, dKernel, 16 * width];
      team.run('kernelGradient', 4 * width, 8, work, ...matrices, width, time * batch, 4 * width, scratch);
      if (saved.peepholes) byPeepholes(sizes, width, gates, cs, blocks.cs + before, blocks.dPeepholes);
      arena.check();
      return {
        projected: read(blocks.gates, 4 * time * batch, hidden, width),
        recurrentKernel: read(blocks.dKernel, 4 * hidden, hidden, width),
        ...(saved.peepholes && { peepholes: read(blocks.dPeepholes, 3, hidden, width) }),
        h0: read(blocks.dh, batch, hidden, width),
        c0: read(blocks.dc, batch, hidden, width),
      };
    },
  };
}

type Block = 'kernel' | 'packed' | 'gates' | 'hs' | 'cs' | 'mask' | 'peepholes';
type Shared = Omit<LstmInput, 'projected'>;
