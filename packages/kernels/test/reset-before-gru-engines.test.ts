import { describe, expect, it } from 'vitest';
import { javascriptResetBeforeGru } from '../src/javascript-reset-before-gru.ts';
import { simdResetBeforeGru } from '../src/simd/reset-before-gru.ts';
import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';
import { copied, expectNear, expectSlope, type Lengths } from './exact.ts';
import { exactBackward, exactForward, exactLoss, makeResetBeforeGruCase } from './exact-reset-before-gru.ts';
import { onWorkspaces } from './workspaces.ts';

const engines = [['javascript', javascriptResetBeforeGru] as const, ...onWorkspaces(simdResetBeforeGru)];

/** Every engine against the float64 reference, forward and backward. */
function expectExact({ sizes, input, grads }: ReturnType<typeof makeResetBeforeGruCase>): void {
  const { hs } = exactForward(sizes, input);
  const exact = exactBackward(sizes, input, grads);
  for (const [kind, engine] of engines) {
    const activations = engine.forward(sizes, input);
    expectNear(activations.hs, hs, 2e-6, `${kind} hs`);
    const gradients = engine.backward(sizes, { ...input, ...activations }, grads);
    for (const name of ['projected', 'recurrentKernel', 'h0'] as const) {
      expectNear(gradients[name], exact[name], 5e-6, `${kind} gradient w.r.t. ${name}`);
    }
  }
}

const lengths: Lengths[] = ['full', 'ragged', 'empty'];
const widths = [1, 3, 7, 17, 65].flatMap((hidden) => [1, 3, 7, 17, 65].map((batch) => ({ hidden, batch })));
it.each(widths)('equals the float64 reference: hidden $hidden, batch $batch', ({ hidden, batch }) => {
  for (const time of [1, 3]) {
    for (const [index, kind] of lengths.entries()) {
      for (const reverse of [false, true]) {
        const options = { seed: hidden * 1000 + batch * 10 + index, lengths: kind, reverse, last: index !== 1 };
        expectExact(makeResetBeforeGruCase({ time, batch, hidden }, options));
      }
    }
  }
});

it('sums over more frames, and more units, than one block holds', () => {
  expectExact(makeResetBeforeGruCase({ time: 67, batch: 9, hidden: 5 }, { seed: 1 }));
  expectExact(makeResetBeforeGruCase({ time: 2, batch: 2, hidden: 264 }, { seed: 2 }));
});

it('is accurate with saturated gates', () => {
  const { input, ...rest } = makeResetBeforeGruCase({ time: 5, batch: 3, hidden: 9 }, { seed: 3 });
  for (const scale of [30, 1e3, 1e30]) {
    expectExact({ ...rest, input: { ...input, projected: input.projected.map((x) => x * scale) } });
  }
});

it('is accurate for small numbers', () => {
  const { input, ...rest } = makeResetBeforeGruCase({ time: 5, batch: 3, hidden: 9 }, { seed: 4 });
  for (const scale of [1e-3, 1e-8, 1e-20, 1e-36]) {
    const small = (values: Float32Array): Float32Array => values.map((x) => x * scale);
    expectExact({ ...rest, input: { ...input, projected: small(input.projected), h0: small(input.h0) } });
  }
});

describe.each(engines)('the GRU whose reset gate acts before the product, of %s', (_, engine) => {
  it('confines NaN to its row', () => {
    const { sizes, input } = makeResetBeforeGruCase({ time: 3, batch: 2, hidden: 5 }, { seed: 5 });
    const projected = input.projected.slice();
    projected.fill(Number.NaN, 0, 15);
    const { hs } = engine.forward(sizes, { ...input, projected });
    expect([...hs].map(Number.isNaN)).toEqual(Array.from(hs, (_, i) => i % 10 < 5));
  });

  it('does not modify its arguments and returns activations that are the caller’s', () => {
    const { sizes, input, grads } = makeResetBeforeGruCase(
      { time: 3, batch: 2, hidden: 8 },
      { seed: 6, lengths: 'ragged' },
    );
    const activations = engine.forward(sizes, input);
    const before = structuredClone({ input, grads, activations });
    engine.backward(sizes, { ...input, ...activations }, grads);
    engine.forward(sizes, input);
    expect({ input, grads, activations }).toEqual(before);
  });
});

it('has one memory, which does not grow between calls', () => {
  const memories: WebAssembly.Memory[] = [];
  const workspace = makeWorkspace('simd4x8', { onMemory: (memory) => memories.push(memory) });
  const engine = simdResetBeforeGru(workspace as Workspace);
  const { sizes, input, grads } = makeResetBeforeGruCase(
    { time: 4, batch: 3, hidden: 7 },
    { seed: 8, lengths: 'ragged' },
  );
  const run = () => copied(engine.backward(sizes, { ...input, ...engine.forward(sizes, input) }, grads));
  const first = run();
  const bytes = memories[0]?.buffer.byteLength;
  for (let call = 0; call < 1000; call++) run();
  expect(run()).toEqual(first);
  expect(memories.map((memory) => memory.buffer.byteLength)).toEqual([bytes]);
});

it('has a reference whose gradient agrees with finite differences', () => {
  const { sizes, input, grads } = makeResetBeforeGruCase(
    { time: 3, batch: 2, hidden: 2 },
    { seed: 7, lengths: 'ragged' },
  );
  const exact = exactBackward(sizes, input, grads);
  for (const name of ['projected', 'recurrentKernel', 'h0'] as const) {
    expectSlope((values) => exactLoss(sizes, { ...input, [name]: values }, grads), input[name], exact[name]);
  }
});
