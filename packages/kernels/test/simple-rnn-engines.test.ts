import { describe, expect, it } from 'vitest';
import { javascriptSimpleRnn } from '../src/javascript-simple-rnn.ts';
import { simdSimpleRnn } from '../src/simd/simple-rnn.ts';
import { makeWorkspace, type Workspace } from '../src/simd/workspace.ts';
import { copied, expectNear, expectSlope, type Lengths } from './exact.ts';
import { exactBackward, exactForward, exactLoss, makeSimpleRnnCase } from './exact-simple-rnn.ts';
import { onWorkspaces } from './workspaces.ts';

const engines = [['javascript', javascriptSimpleRnn] as const, ...onWorkspaces(simdSimpleRnn)];

/** Every engine against the float64 reference, forward and backward. */
function expectExact({ sizes, input, grads }: ReturnType<typeof makeSimpleRnnCase>): void {
  const hs = exactForward(sizes, input);
  const exact = exactBackward(sizes, input, grads);
  for (const [kind, engine] of engines) {
    const activations = engine.forward(sizes, input);
    expectNear(activations.hs, hs, 3e-6, `${kind} hs`);
    const gradients = engine.backward(sizes, { ...input, ...activations }, grads);
    for (const name of ['projected', 'recurrentKernel', 'h0'] as const) {
      expectNear(gradients[name], exact[name], 1e-5, `${kind} gradient w.r.t. ${name}`);
    }
  }
}

describe.each(['tanh', 'relu', 'sigmoid'] as const)('%s', (activation) => {
  const lengths: Lengths[] = ['full', 'ragged', 'empty'];
  it.each([1, 3, 7, 17, 65])('equals the float64 reference: hidden %i', (hidden) => {
    for (const batch of [1, 3, 7, 17, 65]) {
      for (const [index, kind] of lengths.entries()) {
        for (const reverse of [false, true]) {
          const time = batch % 4 === 3 ? 1 : 3;
          const options = { seed: hidden * 1000 + batch * 10 + index, lengths: kind, reverse, last: index !== 1 };
          expectExact(makeSimpleRnnCase({ time, batch, hidden }, { activation, ...options }));
        }
      }
    }
  });

  it('sums over more frames, and more units, than one block holds', () => {
    expectExact(makeSimpleRnnCase({ time: 67, batch: 9, hidden: 5 }, { activation, seed: 1 }));
    expectExact(makeSimpleRnnCase({ time: 2, batch: 2, hidden: 264 }, { activation, seed: 2 }));
  });

  it('is accurate for large and small numbers', () => {
    const { input, ...rest } = makeSimpleRnnCase({ time: 5, batch: 3, hidden: 9 }, { activation, seed: 3 });
    for (const scale of [1e20, 1e3, 30, 1e-3, 1e-8, 1e-20, 1e-36]) {
      const scaled = (values: Float32Array): Float32Array => values.map((x) => x * scale);
      expectExact({ ...rest, input: { ...input, projected: scaled(input.projected), h0: scaled(input.h0) } });
    }
  });

  it('has a reference whose gradient agrees with finite differences', () => {
    const sizes = { time: 3, batch: 2, hidden: 2 };
    const { input, grads } = makeSimpleRnnCase(sizes, { activation, seed: 4, lengths: 'ragged' });
    const exact = exactBackward(sizes, input, grads);
    for (const name of ['projected', 'recurrentKernel', 'h0'] as const) {
      expectSlope((values) => exactLoss(sizes, { ...input, [name]: values }, grads), input[name], exact[name]);
    }
  });

  describe.each(engines)('%s', (_, engine) => {
    it('confines NaN to its row', () => {
      const { sizes, input } = makeSimpleRnnCase({ time: 3, batch: 2, hidden: 5 }, { activation, seed: 5 });
      const projected = input.projected.slice();
      projected.fill(Number.NaN, 0, 5);
      const { hs } = engine.forward(sizes, { ...input, projected });
      expect([...hs].map(Number.isNaN)).toEqual(Array.from(hs, (_, i) => i % 10 < 5));
    });

    it('does not modify its arguments and returns activations that are the caller’s', () => {
      const options = { activation, seed: 6, lengths: 'ragged' as const };
      const { sizes, input, grads } = makeSimpleRnnCase({ time: 3, batch: 2, hidden: 8 }, options);
      const activations = engine.forward(sizes, input);
      const before = structuredClone({ input, grads, activations });
      engine.backward(sizes, { ...input, ...activations }, grads);
      engine.forward(sizes, input);
      expect({ input, grads, activations }).toEqual(before);
    });
  });
});

it('has one memory, which does not grow between calls', () => {
  const memories: WebAssembly.Memory[] = [];
  const workspace = makeWorkspace('simd4x8', { onMemory: (memory) => memories.push(memory) });
  const engine = simdSimpleRnn(workspace as Workspace);
  const options = { activation: 'tanh', seed: 8, lengths: 'ragged' } as const;
  const { sizes, input, grads } = makeSimpleRnnCase({ time: 4, batch: 3, hidden: 7 }, options);
  const run = () => copied(engine.backward(sizes, { ...input, ...engine.forward(sizes, input) }, grads));
  const first = run();
  const bytes = memories[0]?.buffer.byteLength;
  for (let call = 0; call < 1000; call++) run();
  expect(run()).toEqual(first);
  expect(memories.map((memory) => memory.buffer.byteLength)).toEqual([bytes]);
});
