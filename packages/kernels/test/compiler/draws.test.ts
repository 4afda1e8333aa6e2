import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { engine, getBackend, memory, neg, ones, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compiledScan } from '../../src/compiler/compiled-scan.ts';
import { drawsOf, readbacksOf, shadersOf } from '../gpu-draws.ts';
import { builtIn } from './built-in-cells.ts';
import { HIDDEN, INPUT } from './cells.ts';

const onDevice = ['webgl', 'webgpu'].includes(getBackend());

/**
 * What the shaders took that were written by hand for these cells: draws of a frame, forward and as many backward, and those of a whole
 * sequence forward and backward, without those of frames and those that join results. (By hand, a GRU that resets before took 24.)
 */
type ByHand = { readonly perFrame: 1 | 2; readonly once: { readonly [backend: string]: number } };
const cells: { readonly [name: string]: ByHand } = {
  simpleRnn: { perFrame: 1, once: { webgl: 34, webgpu: 23 } },
  lstm: { perFrame: 1, once: { webgl: 39, webgpu: 25 } },
  peepholeLstm: { perFrame: 1, once: { webgl: 43, webgpu: 29 } },
  gru: { perFrame: 1, once: { webgl: 38, webgpu: 26 } },
  resetBeforeGru: { perFrame: 2, once: { webgl: 35, webgpu: 25 } },
};

type Passes = { readonly forward: () => void; readonly both: () => void };

/** The passes of a sequence whose inputs are on the device already, once both have run. */
function passesOf(cell: Cell<Tree, Tree>, batch: number, time: number): Passes {
  const params = cell.init(Rng.seeded('params'));
  const state = cell.initialState(batch);
  const inputs = Rng.seeded('inputs').tensor([batch, time, INPUT], (r) => r.normal()) as Sequence;
  const mask = ones([batch, time]) as Tensor2D;
  const run = (): Tensor =>
    compiledScan(cell, params, state, inputs, { context: undefined, mask } as never)?.outputs as unknown as Tensor;
  const variables = [...tree.leaves(params), ...tree.leaves(state), inputs];
  const dy = ones([batch, time, HIDDEN]);
  const both = (): void => {
    const { grads, value } = engine().gradients(run, variables, dy, true);
    for (const tensor of [...grads, value]) tensor?.dispose();
  };
  both();
  return { forward: () => void tidy(run), both };
}

type Draws = readonly [number, number];

/** Draws of a sequence, forward and backward. */
function drawsIn(cell: Cell<Tree, Tree>, time: number): Draws {
  const { forward, both } = passesOf(cell, 2, time);
  const ahead = drawsOf(forward);
  return [ahead, drawsOf(both) - ahead];
}

describe.runIf(onDevice).each(Object.entries(cells))(
  '%s by shaders (on webgl and webgpu)',
  (name, { perFrame, once }) => {
    const cell = (builtIn[name] as () => Cell<Tree, Tree>)();

    it(`is ${perFrame === 1 ? 'one draw' : 'two draws'} a frame, forward and backward`, () => {
      const few = drawsIn(cell, 2);
      expect(few[0] + few[1] - 4 * perFrame).toBeLessThanOrEqual(once[getBackend()] as number);
      for (const [i, draws] of drawsIn(cell, 18).entries()) {
        const more = draws - (few[i] as number) - 16 * perFrame;
        // On webgl, results of draws are joined, 16 at a time.
        expect(more).toBeGreaterThanOrEqual(0);
        expect(more).toBeLessThanOrEqual(getBackend() === 'webgpu' ? 0 : 2 * perFrame);
      }
    });

    it('reads nothing back', () => {
      const { both } = passesOf(cell, 2, 2);
      const reads: string[] = [];
      const backend = engine().backend as unknown as { [method: string]: unknown };
      for (const method of ['read', 'readSync', 'readToGPU']) backend[method] = () => reads.push(method);
      expect(readbacksOf(both)).toBe(0);
      for (const method of ['read', 'readSync', 'readToGPU']) delete backend[method]; // restores those of the class
      expect(reads).toEqual([]);
    });

    // On webgl the keys of tfjs's shaders depend on sizes, too: on odd ones, and on 1.
    it.runIf(getBackend() === 'webgpu')('uses the same shaders for all lengths and batch sizes', () => {
      passesOf(cell, 2, 2);
      const { both } = passesOf(cell, 4, 6);
      expect(shadersOf(both)).toBe(0);
    });

    it.runIf(name === 'resetBeforeGru')(
      'takes no more device memory in the thirtieth call than in the third',
      async () => {
        const { both } = passesOf(cell, 2, 2);
        const used = async () => {
          const last = tidy(() => neg(ones([3])));
          await last.data(); // waits until the webgpu queue is empty
          last.dispose();
          const { numBytesAllocatedInGPU: pool = 0, ...rest } = memory() as {
            readonly numBytesAllocatedInGPU?: number;
          };
          return { pool, rest };
        };
        for (let call = 1; call < 3; call++) both();
        const before = await used();
        for (let call = 3; call < 30; call++) both();
        const after = await used();
        expect(after.rest).toEqual(before.rest);
        expect(after.pool).toBeLessThanOrEqual(1.01 * before.pool); // recycled buffers: their number depends on the state of the queue
      },
    );
  },
);
