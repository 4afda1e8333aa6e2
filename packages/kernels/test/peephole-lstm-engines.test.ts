import { describe, expect, it } from 'vitest';
import { javascriptLstm } from '../src/javascript-lstm.ts';
import { simdLstm } from '../src/simd/lstm.ts';
import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';
import { copied, expectNear, expectSlope } from './exact.ts';
import { exactBackward, exactForward, exactLoss } from './exact-lstm.ts';
import { type Case, type Lengths, makeCase } from './lstm-case.ts';
import { onWorkspaces } from './workspaces.ts';

const engines = [['javascript', javascriptLstm] as const, ...onWorkspaces(simdLstm)];
const peepholes = true;

/** Every engine against the float64 reference, forward and backward. */
function expectExact({ sizes, input, grads }: Case, tolerance = 2e-5): void {
  const exact = exactForward(sizes, input);
  const exactGradients = exactBackward(sizes, { ...input, ...exact }, grads);
  for (const [kind, engine] of engines) {
    const activations = engine.forward(sizes, input);
    expectNear(activations.hs, exact.hs, 2e-6, `${kind} hs`);
    expectNear(activations.cs, exact.cs, 2e-6, `${kind} cs`);
    const gradients = engine.backward(sizes, { ...input, ...activations }, grads);
    for (const name of ['projected', 'recurrentKernel', 'h0', 'c0'] as const) {
      expectNear(gradients[name], exactGradients[name], 5e-6, `${kind} gradient w.r.t. ${name}`);
    }
    // With few units the gradient w.r.t. the peepholes is a long sum with cancellation.
    const byPeepholes = gradients.peepholes ?? new Float32Array(0);
    expectNear(byPeepholes, exactGradients.peepholes, tolerance, `${kind} gradient w.r.t. peepholes`);
  }
}

const lengths: Lengths[] = ['full', 'ragged', 'empty'];
const widths = [1, 3, 7, 17, 65].flatMap((hidden) => [1, 3, 7, 17, 65].map((batch) => ({ hidden, batch })));
it.each(widths)('equals the float64 reference: hidden $hidden, batch $batch', ({ hidden, batch }) => {
  for (const time of [1, 3]) {
    for (const [index, kind] of lengths.entries()) {
      for (const reverse of [false, true]) {
        const options = { seed: hidden * 1000 + batch * 10 + index, lengths: kind, reverse, last: index !== 1 };
        expectExact(makeCase({ time, batch, hidden }, { ...options, peepholes }));
      }
    }
  }
});

it('sums over more frames, and more units, than one block holds', () => {
  expectExact(makeCase({ time: 67, batch: 9, hidden: 5 }, { seed: 1, peepholes }));
  expectExact(makeCase({ time: 2, batch: 2, hidden: 264 }, { seed: 2, peepholes }));
});

it('is accurate with saturated gates and small numbers', () => {
  const { input, ...rest } = makeCase({ time: 5, batch: 3, hidden: 9 }, { seed: 3, peepholes });
  for (const scale of [1e30, 1e3, 30]) {
    const large = { ...input, projected: input.projected.map((x) => x * scale) };
    expectExact({ ...rest, input: large }, 1e-3); // 1 − σ cancels
  }
  for (const scale of [1e-3, 1e-8, 1e-20, 1e-36]) {
    const small = (values: Float32Array): Float32Array => values.map((x) => x * scale);
    const { projected, h0, c0 } = input;
    expectExact({ ...rest, input: { ...input, projected: small(projected), h0: small(h0), c0: small(c0) } });
  }
});

describe.each(engines)('the LSTM with peepholes of %s', (_, engine) => {
  it('is the same without peepholes as with zero peepholes', () => {
    const { sizes, input, grads } = makeCase({ time: 3, batch: 5, hidden: 9 }, { seed: 4, lengths: 'ragged' });
    const run = (given: Case['input']) => {
      const activations = engine.forward(sizes, given);
      const gradients = copied(engine.backward(sizes, { ...given, ...activations }, grads));
      delete gradients.peepholes;
      return { activations, gradients };
    };
    expect(run({ ...input, peepholes: new Float32Array(27) })).toEqual(run(input));
  });

  it('confines NaN to its row', () => {
    const { sizes, input } = makeCase({ time: 3, batch: 2, hidden: 5 }, { seed: 5, peepholes });
    const projected = input.projected.slice();
    projected.fill(Number.NaN, 0, 20);
    const { hs } = engine.forward(sizes, { ...input, projected });
    expect([...hs].map(Number.isNaN)).toEqual(Array.from(hs, (_, i) => i % 10 < 5));
  });

  it('does not modify its arguments', () => {
    const { sizes, input, grads } = makeCase({ time: 3, batch: 2, hidden: 8 }, { seed: 6, peepholes });
    const activations = engine.forward(sizes, input);
    const before = structuredClone({ input, grads, activations });
    engine.backward(sizes, { ...input, ...activations }, grads);
    engine.forward(sizes, input);
    expect({ input, grads, activations }).toEqual(before);
  });
});

it('does not grow between calls', () => {
  const memories: WebAssembly.Memory[] = [];
  const workspace = makeWorkspace('simd4x8', { onMemory: (memory) => memories.push(memory) });
  const engine = simdLstm(workspace as Workspace);
  const options = { seed: 8, lengths: 'ragged', peepholes } as const;
  const { sizes, input, grads } = makeCase({ time: 4, batch: 3, hidden: 7 }, options);
  const run = () => copied(engine.backward(sizes, { ...input, ...engine.forward(sizes, input) }, grads));
  const first = run();
  const bytes = memories[0]?.buffer.byteLength;
  for (let call = 0; call < 1000; call++) run();
  expect(run()).toEqual(first);
  expect(memories.map((memory) => memory.buffer.byteLength)).toEqual([bytes]);
});

it('has a reference whose gradient agrees with finite differences', () => {
  const sizes = { time: 3, batch: 2, hidden: 2 };
  const { input, grads } = makeCase(sizes, { seed: 9, lengths: 'ragged', peepholes });
  const exact = exactBackward(sizes, { ...input, ...exactForward(sizes, input) }, grads);
  for (const name of ['projected', 'recurrentKernel', 'peepholes', 'h0', 'c0'] as const) {
    const values = input[name] ?? new Float32Array(0);
    expectSlope((moved) => exactLoss(sizes, { ...input, [name]: moved }, grads), values, exact[name]);
  }
});
