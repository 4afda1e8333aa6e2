import { Rng } from '@elman/core';
import { getBackend, type TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { javascriptNtm } from '../src/memory/javascript-ntm.ts';
import { commandOf, type NtmEngine, type NtmInputs, type NtmResults, type NtmSizes } from '../src/memory/ntm-engine.ts';
import { ntmInArena } from '../src/simd/ntm.ts';
import type { Storage } from '../src/storage.ts';
import { onWorkspaces } from './workspaces.ts';

/** Tensors that are arrays. */
const arrays = new WeakMap<object, Float32Array>();
const storage: Pick<Storage, 'read' | 'make'> = {
  read: ({ dataId }) => arrays.get(dataId) as Float32Array,
  make(shape, fill) {
    const values = new Float32Array(shape.reduce((size, axis) => size * axis, 1));
    fill(values);
    const dataId = {};
    arrays.set(dataId, values);
    return { dataId, shape, dtype: 'float32' };
  },
};

const drawn = (rng: Rng, name: string, shape: number[], draw: (rng: Rng) => number): TensorInfo => {
  const own = rng.fork(name);
  return storage.make(shape, (values) => {
    for (let i = 0; i < values.length; i++) values[i] = draw(own);
  });
};

type Case = { readonly inputs: NtmInputs<TensorInfo>; readonly grads: NtmResults<TensorInfo> };

function caseOf(sizes: NtmSizes, scale: number): Case {
  const { batch, slots, width, reads, writes } = sizes;
  const heads = reads + writes;
  const rng = Rng.seeded(slots * width);
  const normal = (r: Rng): number => r.normal();
  return {
    inputs: {
      memory: drawn(rng, 'memory', [batch, slots, width], (r) => scale * r.normal()),
      weights: drawn(rng, 'weights', [batch, heads, slots], (r) => (2 * r.uniform()) / slots),
      command: drawn(rng, 'command', [batch, commandOf(sizes).size], (r) => scale * r.normal()),
    },
    grads: {
      read: drawn(rng, 'read', [batch, reads * width], normal),
      memory: drawn(rng, 'after', [batch, slots, width], normal),
      weights: drawn(rng, 'weightsAfter', [batch, heads, slots], normal),
    },
  };
}

function run(engine: NtmEngine, sizes: NtmSizes, { inputs, grads }: Case): { [name: string]: Float32Array } {
  const { results, trace } = engine.forward(sizes, inputs, true);
  const made = engine.backward(sizes, inputs, trace as Float32Array, grads);
  const named = { ...results, dMemory: made.memory, dWeights: made.weights, dCommand: made.command };
  return Object.fromEntries(Object.entries(named).map(([name, tensor]) => [name, storage.read(tensor)]));
}

function expectClose(found: Float32Array, wanted: Float32Array, tolerance: number, what: string): void {
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const error = found.reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted[i] as number))), 0);
  expect(error / size, what).toBeLessThan(tolerance);
}

const cases: readonly (readonly [NtmSizes, number])[] = [
  [{ batch: 1, slots: 1, width: 1, reads: 1, writes: 1, shifts: 1 }, 1],
  [{ batch: 3, slots: 3, width: 3, reads: 1, writes: 1, shifts: 1 }, 1],
  [{ batch: 2, slots: 7, width: 8, reads: 2, writes: 1, shifts: 2 }, 1],
  [{ batch: 3, slots: 17, width: 20, reads: 1, writes: 3, shifts: 1 }, 1],
  [{ batch: 5, slots: 128, width: 20, reads: 1, writes: 1, shifts: 1 }, 1],
  [{ batch: 2, slots: 6, width: 5, reads: 3, writes: 0, shifts: 0 }, 1],
  [{ batch: 2, slots: 6, width: 5, reads: 0, writes: 2, shifts: 1 }, 1],
  [{ batch: 2, slots: 3, width: 4, reads: 1, writes: 1, shifts: 5 }, 1],
  [{ batch: 3, slots: 17, width: 7, reads: 1, writes: 1, shifts: 1 }, 6],
  [{ batch: 3, slots: 17, width: 7, reads: 1, writes: 1, shifts: 1 }, 1e-3],
  [{ batch: 3, slots: 9, width: 6, reads: 1, writes: 1, shifts: 1 }, 1e-7],
];

const engines = onWorkspaces((workspace) => ntmInArena(workspace, storage as Storage));

// Nothing here uses a backend: pages with others need not run it.
describe.runIf(['cpu', 'wasm'].includes(getBackend())).each(engines)(
  'a Neural Turing machine on %s, on cpu and wasm',
  (_, engine) => {
    it.each(cases)('agrees with plain JavaScript, gradients too: %o, scale %f', (sizes, scale) => {
      const given = caseOf(sizes, scale);
      const wanted = run(javascriptNtm(storage as Storage), sizes, given);
      const found = run(engine, sizes, given);
      for (const [name, values] of Object.entries(wanted)) expectClose(found[name] as Float32Array, values, 5e-5, name);
    });

    it('lets NaN through', () => {
      const sizes: NtmSizes = { batch: 2, slots: 5, width: 4, reads: 1, writes: 1, shifts: 1 };
      const given = caseOf(sizes, 1);
      storage.read(given.inputs.command)[0] = Number.NaN;
      const { results } = engine.forward(sizes, given.inputs, false);
      const read = [...storage.read(results.read)];
      expect(read.slice(0, 4).every(Number.isNaN)).toBe(true);
      expect(read.slice(4).every(Number.isFinite)).toBe(true);
    });
  },
);
