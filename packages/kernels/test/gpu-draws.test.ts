import { Rng, tree } from '@elman/core';
import { engine, getBackend, memory, neg, ones, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { onGpu, type SequenceCase } from './describe-sequence.ts';
import { drawsOf, readbacksOf, shadersOf } from './gpu-draws.ts';
import { gruCase, lstmCase, resetBeforeGruCase, simpleRnnCases } from './sequence-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: each has other inputs
type Case = SequenceCase<any>;
/** `draws`: how many a frame takes, forward and backward. */
const cases: { readonly [name: string]: { readonly subject: Case; readonly states: number; readonly draws: 1 | 2 } } = {
  lstm: { subject: lstmCase, states: 2, draws: 1 },
  gru: { subject: gruCase, states: 1, draws: 1 },
  resetBeforeGru: { subject: resetBeforeGruCase, states: 1, draws: 2 },
  simpleRnn: { subject: simpleRnnCases.tanh as Case, states: 1, draws: 1 },
};

type Sizes = { readonly batch: number; readonly time: number; readonly hidden: number };
type Passes = { readonly forward: () => void; readonly both: () => void };

/** The passes of a sequence whose inputs are on the device already. */
function passesOf(subject: Case, sizes: Sizes, masked: boolean, run = subject.op): Passes {
  const all = subject.inputs(Rng.seeded(1), sizes);
  const mask = masked ? (ones([sizes.batch, sizes.time]) as Tensor2D) : undefined;
  const dy = ones([sizes.batch, sizes.time, sizes.hidden]);
  const variables = tree.entries(all).map(([, tensor]) => tensor);
  const both = (): void => {
    const { grads, value } = engine().gradients(() => run({ ...all, mask }).outputs as Tensor, variables, dy, true);
    for (const tensor of [...grads, value]) tensor.dispose();
  };
  both();
  return { forward: () => tidy(() => void run({ ...all, mask })), both };
}

/** The number of draws of a sequence of `time` frames, forward and backward. */
function drawsIn(subject: Case, time: number, masked: boolean, run = subject.op): readonly [number, number] {
  const { forward, both } = passesOf(subject, { batch: 2, time, hidden: 5 }, masked, run);
  const ahead = drawsOf(forward);
  return [ahead, drawsOf(both) - ahead];
}

/** Draws that join this many results of one draw, 16 at a time: only webgl needs them. */
function joins(blocks: number): number {
  if (getBackend() === 'webgpu' || blocks === 1) return 0;
  return Math.floor(blocks / 16) + (blocks % 16 > 1 ? 1 : 0) + joins(Math.ceil(blocks / 16));
}

describe.runIf(onGpu).each(Object.entries(cases))('%s (on webgl and webgpu)', (_, { subject, states, draws }) => {
  it(`is ${draws === 1 ? 'one draw' : 'two draws'} a frame, forward and backward`, () => {
    /** Draws of the backward pass over this many frames; where a frame is one draw, so is the gradient of the initial state. */
    const backwardBlocks = (time: number): number => draws * time + (draws === 1 ? 2 : 1);
    for (const masked of [false, true]) {
      const [, backwardOfOne] = drawsIn(subject, 1, masked);
      const once = 4 + states + (masked ? 1 : 0);
      for (const time of [1, 4, 5, 15, 16, 40]) {
        const [forward, backward] = drawsIn(subject, time, masked);
        expect(forward - once).toBe(draws * time + joins(draws * time + 1));
        const more = joins(backwardBlocks(time)) - joins(backwardBlocks(1));
        expect(backward - backwardOfOne).toBe(draws * (time - 1) + more);
      }
      expect(backwardOfOne).toBeLessThan(25);
    }
  });

  it('takes less than a quarter of the draws of the frame-by-frame computation', () => {
    const slope = (run: Case['op']): number => {
      const [few, more] = [4, 14].map((time) => drawsIn(subject, time, false, run).reduce((a, b) => a + b)) as number[];
      return (more as number) - (few as number);
    };
    expect(slope(subject.portable)).toBeGreaterThan(4 * slope(subject.op));
  });

  it('reads nothing back', () => {
    const { both } = passesOf(subject, { batch: 2, time: 3, hidden: 5 }, true);
    const reads: string[] = [];
    const backend = engine().backend as unknown as { [method: string]: unknown };
    for (const method of ['read', 'readSync', 'readToGPU']) backend[method] = () => reads.push(method);
    expect(readbacksOf(both)).toBe(0);
    for (const method of ['read', 'readSync', 'readToGPU']) delete backend[method]; // restores those of the class
    expect(reads).toEqual([]);
  });

  it('uses the same shaders for all lengths and batch sizes', () => {
    passesOf(subject, { batch: 2, time: 3, hidden: 5 }, true).forward();
    const { forward } = passesOf(subject, { batch: 4, time: 6, hidden: 5 }, true);
    expect(shadersOf(() => forward())).toBe(0);
  });

  it('takes no more device memory in the fiftieth call than in the third', async () => {
    const { both } = passesOf(subject, { batch: 2, time: 3, hidden: 5 }, true);
    const used = async () => {
      const last = tidy(() => neg(ones([3])));
      await last.data(); // waits until the webgpu queue is empty
      last.dispose();
      const { numBytesAllocatedInGPU: pool = 0, ...rest } = memory() as { readonly numBytesAllocatedInGPU?: number };
      return { pool, rest };
    };
    for (let call = 1; call < 3; call++) both();
    const before = await used();
    for (let call = 3; call < 50; call++) both();
    const after = await used();
    expect(after.rest).toEqual(before.rest);
    expect(after.pool).toBeLessThanOrEqual(1.01 * before.pool); // recycled buffers: their number depends on the state of the queue
  });
});
