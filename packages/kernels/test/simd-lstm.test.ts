import { describe, expect, it } from 'vitest';
import type { LstmInput, LstmSizes } from '../src/lstm-engine.ts';
import { simdLstm } from '../src/simd/lstm.ts';
import { makeWorkspace, sharedWorkspace, type Workspace } from '../src/simd/workspace.ts';
import { copied } from './exact.ts';
import { exactBackward, exactForward, exactLoss } from './exact-lstm.ts';
import { type Case, type Lengths, makeCase, seeded } from './lstm-case.ts';
import { onWorkspaces } from './workspaces.ts';

const engines = onWorkspaces(simdLstm);

/** Largest difference, in units of the largest value expected. NaN counts as infinite. */
function error(got: Float32Array, expected: Float64Array): number {
  expect(got.length).toBe(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
  return got.reduce((most, x, i) => {
    const difference = Math.abs(x - (expected[i] ?? Number.NaN)) / scale;
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
}

/** Every engine against the float64 reference, forward and backward. */
function expectExact({ sizes, input, grads }: Case): void {
  const exact = exactForward(sizes, input);
  const exactGradients = exactBackward(sizes, { ...input, ...exact }, grads);
  for (const [name, engine] of engines) {
    const output = engine.forward(sizes, input);
    const gates = withoutMasked(output.gates, sizes, input);
    expect(error(output.hs, exact.hs), `${name} hs`).toBeLessThan(2e-6);
    expect(error(output.cs, exact.cs), `${name} cs`).toBeLessThan(2e-6);
    expect(error(gates, exact.gates), `${name} gates`).toBeLessThan(2e-6);
    const gradients = engine.backward(sizes, { ...input, ...output }, grads);
    for (const of of ['projected', 'recurrentKernel', 'h0', 'c0'] as const) {
      expect(error(gradients[of], exactGradients[of]), `${name} gradient w.r.t. ${of}`).toBeLessThan(5e-6);
    }
  }
}

/** Gates of masked frames are undefined: set to zeros, as in the reference. */
function withoutMasked(gates: Float32Array, { hidden }: LstmSizes, { mask }: LstmInput): Float32Array {
  return gates.map((gate, i) => (mask?.[Math.floor(i / (4 * hidden))] === 0 ? 0 : gate));
}

it('runs wherever there is WebAssembly SIMD, on one workspace for all', () => {
  expect(engines.map(([name]) => name)).toContain('simd4x8');
  expect(sharedWorkspace()).toBe(sharedWorkspace());
  expect(sharedWorkspace()?.name).toMatch(/^simd/);
});

const lengths: Lengths[] = ['full', 'ragged', 'empty'];
const widths = [1, 3, 7, 17, 65].flatMap((hidden) => [1, 3, 7, 17, 65].map((batch) => ({ hidden, batch })));
it.each(widths)('equals the float64 reference: hidden $hidden, batch $batch', ({ hidden, batch }) => {
  for (const time of [1, 3]) {
    for (const [index, kind] of lengths.entries()) {
      for (const reverse of [false, true]) {
        const seed = hidden * 1000 + batch * 10 + index;
        expectExact(makeCase({ time, batch, hidden }, { seed, lengths: kind, reverse, last: index !== 1 }));
      }
    }
  }
});

it('sums over more frames, or units, than one block holds', () => {
  expectExact(makeCase({ time: 67, batch: 9, hidden: 5 }, { seed: 1 }));
  expectExact(makeCase({ time: 2, batch: 2, hidden: 264 }, { seed: 2 }));
});

it('is accurate with saturated gates', () => {
  const { sizes, input, grads } = makeCase({ time: 5, batch: 3, hidden: 9 }, { seed: 3 });
  for (const scale of [30, 1e3, 1e30]) {
    expectExact({ sizes, grads, input: { ...input, projected: input.projected.map((x) => x * scale) } });
  }
});

describe.each(engines)('%s', (_, engine) => {
  it('is as accurate for small numbers as for large ones', () => {
    const { sizes, input } = makeCase({ time: 1, batch: 1, hidden: 256 }, { seed: 4 });
    const zeros = input.h0.map(() => 0);
    for (const scale of [10, 1, 1e-3, 1e-8, 1e-20]) {
      const projected = input.projected.map((x) => x * scale);
      const output = engine.forward(sizes, { ...input, projected, h0: zeros, c0: zeros });
      const exact = exactForward(sizes, { ...input, projected, h0: zeros, c0: zeros });
      for (const name of ['gates', 'cs', 'hs'] as const) {
        const wanted = exact[name];
        const worst = output[name].reduce(
          (most, x, i) => Math.max(most, Math.abs(x / (wanted[i] ?? Number.NaN) - 1)),
          0,
        );
        expect(worst, `${name} at ${scale}`).toBeLessThan(8e-7);
      }
    }
  });

  it('flushes vanishing gradients to 0', () => {
    const { sizes, input } = makeCase({ time: 3, batch: 2, hidden: 8 }, { seed: 5 });
    const hs = new Float32Array(3 * 2 * 8).fill(1e-36);
    const { projected, c0 } = engine.backward(sizes, { ...input, ...engine.forward(sizes, input) }, { hs });
    expect([...projected, ...c0].every((x) => x === 0)).toBe(true);
  });

  it('confines NaN to its row', () => {
    const { sizes, input } = makeCase({ time: 3, batch: 2, hidden: 5 }, { seed: 6 });
    const projected = input.projected.slice();
    projected.fill(Number.NaN, 0, 20);
    const { hs, cs } = engine.forward(sizes, { ...input, projected });
    for (let t = 0; t < 3; t++) {
      for (let i = 0; i < 10; i++) {
        expect([hs, cs].map((values) => Number.isNaN(values[t * 10 + i]))).toEqual([i < 5, i < 5]);
      }
    }
  });

  it('computes a row bit-identically in any batch', () => {
    const { sizes, input, grads } = makeCase({ time: 1, batch: 17, hidden: 40 }, { seed: 12 });
    const run = (batch: number) => {
      const rows = (values: Float32Array): Float32Array => values.slice(0, (values.length / 17) * batch);
      const some = { ...input, projected: rows(input.projected), h0: rows(input.h0), c0: rows(input.c0) };
      const output = engine.forward({ ...sizes, batch }, some);
      return [
        output.hs,
        engine.backward({ ...sizes, batch }, { ...some, ...output }, { hs: rows(grads.hs) }).h0.slice(),
      ];
    };
    const [hs, h0] = run(17);
    for (let batch = 1; batch < 17; batch++) {
      expect(run(batch)).toEqual([hs?.slice(0, batch * 40), h0?.slice(0, batch * 40)]);
    }
  });

  it('does not modify its arguments and returns arrays that the caller owns', () => {
    const { sizes, input, grads } = makeCase({ time: 3, batch: 2, hidden: 8 }, { seed: 7, lengths: 'ragged' });
    const output = engine.forward(sizes, input);
    const before = structuredClone({ input, grads, output });
    engine.backward(sizes, { ...input, ...output }, grads);
    engine.forward(sizes, input);
    expect({ input, grads, output }).toEqual(before);
  });
});

it('is bit-identical for tiles of any size', () => {
  const { sizes, input, grads } = makeCase({ time: 3, batch: 35, hidden: 24 }, { seed: 11 });
  const [first, ...others] = engines.flatMap(([name, engine]) => {
    const output = engine.forward(sizes, input);
    return name === 'simd4x8' ? [] : [{ output, gradients: engine.backward(sizes, { ...input, ...output }, grads) }];
  });
  for (const other of others) expect(other).toEqual(first);
});

it('does not grow between calls, and is bit-identical every time', () => {
  const memories: WebAssembly.Memory[] = [];
  const workspace = makeWorkspace('simd4x8', { onMemory: (memory) => memories.push(memory) });
  const engine = simdLstm(workspace as Workspace);
  const { sizes, input, grads } = makeCase({ time: 4, batch: 3, hidden: 7 }, { seed: 8, lengths: 'ragged' });
  const run = () => {
    const output = engine.forward(sizes, input);
    return { output, gradients: copied(engine.backward(sizes, { ...input, ...output }, grads)) };
  };
  const first = run();
  const bytes = memories[0]?.buffer.byteLength;
  for (let call = 0; call < 1000; call++) run();
  expect(run()).toEqual(first);
  expect(memories.map((memory) => memory.buffer.byteLength)).toEqual([bytes]);
});

it('has a reference whose gradient agrees with finite differences', () => {
  const { sizes, input, grads } = makeCase({ time: 3, batch: 2, hidden: 2 }, { seed: 9, lengths: 'ragged' });
  const exact = exactBackward(sizes, { ...input, ...exactForward(sizes, input) }, grads);
  const random = seeded(10);
  for (const name of ['projected', 'recurrentKernel', 'h0', 'c0'] as const) {
    for (let sample = 0; sample < 8; sample++) {
      const index = Math.floor(((random() + 1) / 2) * input[name].length);
      const moved = (by: number): number => {
        const values = Float64Array.from(input[name]);
        values[index] = (values[index] ?? Number.NaN) + by;
        return exactLoss(sizes, { ...input, [name]: values }, grads);
      };
      const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      expect(Math.abs((exact[name][index] ?? Number.NaN) - difference)).toBeLessThan(1e-8);
    }
  }
});
