import { copyOf } from '../pool.ts';
import type { SequenceSizes } from '../sequence.ts';
import type { SimpleRnnActivation, SimpleRnnEngine, SimpleRnnInput } from '../simple-rnn-engine.ts';
import { backupSize } from './frames.ts';
import { kernelGradientBlocks, paddedWidth, type Workspace } from './workspace.ts';

/** As in assembly/simple-rnn.ts. */
const ACTIVATIONS: Readonly<Record<SimpleRnnActivation, number>> = { tanh: 0, relu: 1, sigmoid: 2 };

type Block = 'kernel' | 'packed' | 'hs' | 'mask';

/**
 * The simple recurrent network in WebAssembly SIMD. Numbers below 1e-30 become 0 in gradients, and in states but for
 * relu.
 */
export function simdSimpleRnn({ name, arena, team, write, read, writeKernel }: Workspace): SimpleRnnEngine {
  /** Blocks of both directions, and what both have in common: `after` is the offset of the states after each frame. */
  const begin = <Name extends string>(
    { time, batch, hidden }: SequenceSizes,
    { recurrentKernel, h0, mask, reverse, activation }: Omit<SimpleRnnInput, 'projected'>,
    afterValues: Float32Array,
    more: Record<Name, number>,
  ) => {
    const width = paddedWidth(hidden);
    const frame = batch * width;
    const blocks = arena.layout<Name | Block>({
      kernel: width * width,
      packed: width * width,
      hs: (time + 1) * frame,
      mask: time * batch,
      ...more,
    });
    const { kernel, packed, hs } = blocks;
    const after = hs + (reverse ? 0 : 4 * frame);
    writeKernel(recurrentKernel, kernel, hidden, width);
    write(afterValues, after, hidden, width);
    write(h0, hs + (reverse ? 4 * time * frame : 0), hidden, width);
    if (mask) write(mask, blocks.mask, 1, 1);
    const where = [packed, hs, mask ? blocks.mask : 0, reverse ? 1 : 0, ACTIVATIONS[activation]];
    return {
      blocks,
      after,
      kernel: [kernel, 4 * width, packed, width, width],
      common: [time, batch, width, ...where] as const,
      work: 2 * time * batch * width * width,
    };
  };

  return {
    name,
    forward(sizes, input) {
      const { time, batch, hidden } = sizes;
      const width = paddedWidth(hidden);
      const backup = backupSize('forwardSimpleRnn', time, batch, width);
      const { blocks, after, kernel, common, work } = begin(sizes, input, input.projected, { backup });
      team.run('packKernel', width, 8, width * width, ...kernel);
      team.runFrames('forwardSimpleRnn', work, blocks.backup, ...common);
      arena.check();
      return { hs: copyOf(read(after, time * batch, hidden, width)) };
    },
    backward(sizes, saved, grads) {
      const { time, batch, hidden } = sizes;
      const width = paddedWidth(hidden);
      const more = {
        dhs: time * batch * width,
        dh: batch * width,
        backup: backupSize('backwardSimpleRnn', time, batch, width),
        ...kernelGradientBlocks(width, 1, team),
      };
      const { blocks, kernel, common, work } = begin(sizes, saved, saved.hs, more);
      const { hs, dhs, dh, dKernel, scratch } = blocks;
      write(grads.hs, dhs, hidden, width);
      if (grads.hLast) write(grads.hLast, dh, hidden, width);
      else arena.view(dh, batch * width).fill(0);
      team.run('packTransposedKernel', width, 8, width * width, ...kernel);
      team.runFrames('backwardSimpleRnn', work, blocks.backup, ...common, dhs, dh);
      const before = hs + (saved.reverse ? 4 * batch * width : 0);
      const matrices = [before, 4 * width, dhs, 4 * width, dKernel, 4 * width];
      team.run('kernelGradient', width, 8, work, ...matrices, width, time * batch, width, scratch);
      arena.check();
      return {
        projected: read(dhs, time * batch, hidden, width),
        recurrentKernel: read(dKernel, hidden, hidden, width),
        h0: read(dh, batch, hidden, width),
      };
    },
  };
}
