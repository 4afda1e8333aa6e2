import { type Frame, Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { dncAccess, hasDncAccess } from '@elman/kernels';
import { countTensors, expectTreesClose } from '@elman/testkit';
import { add, addN, getBackend, mul, type Scalar, sum, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { portableAccess } from '../src/dnc-access.ts';
import { type DncMemoryState, dncMemory } from '../src/index.ts';

const runsHere = getBackend() === 'wasm' || getBackend() === 'cpu';

type Sizes = { readonly slots: number; readonly width: number; readonly reads: number; readonly links: boolean };
type Given = { readonly state: DncMemoryState; readonly commands: readonly Frame[] };
type Access = (state: DncMemoryState, command: Frame) => { read: Frame; state: DncMemoryState };

/** A state after six accesses, and two further commands. */
function draw(batch: number, sizes: Sizes, scale: number): Given {
  const memory = dncMemory(sizes);
  const rng = Rng.seeded(sizes.slots);
  const command = (i: number): Frame =>
    rng.fork(i).tensor([batch, memory.interfaceSize], (r) => scale * r.normal()) as Frame;
  let state = memory.initialState(batch) as DncMemoryState;
  for (let i = 2; i < 8; i++) state = portableAccess(state, command(i), sizes).state;
  return { state, commands: [command(0), command(1)] };
}

/** The results of two accesses, and the gradients of a randomly weighted sum of them. */
function proof(access: Access, given: Given): Tree {
  const { value, grads, aux } = valueAndGrad(({ state, commands }: Given) => {
    const [first, second] = commands as [Frame, Frame];
    const once = access(state, first);
    const twice = access(once.state, second);
    const all = [once.read, ...tree.leaves(twice)];
    const rng = Rng.seeded(1);
    const weights = all.map((x, i) => rng.fork(i).tensor(x.shape, (r) => r.uniform(-1, 1)));
    return { loss: addN(all.map((x, i) => sum(mul(x, weights[i] as Tensor)))) as Scalar, aux: all as Tree };
  }, given);
  return { value, grads: grads as Tree, aux };
}

it('is one op on cpu and wasm', () => expect(hasDncAccess()).toBe(runsHere));

describe.runIf(runsHere)('an access as one op, on cpu and wasm', () => {
  const cases: readonly (readonly [number, number, number, number, boolean, number])[] = [
    // batch, slots, width, reads, links, scale
    [1, 1, 1, 1, true, 1],
    [3, 7, 3, 2, true, 1],
    [3, 7, 3, 2, false, 1],
    [2, 12, 5, 3, true, 2],
    [1, 33, 16, 4, true, 1],
    [4, 16, 8, 1, false, 3],
    [2, 6, 4, 2, true, 8],
    [2, 6, 4, 2, true, 1e-2],
  ];
  it.each(cases)(
    'equals the ops, with gradients: batch %i, %i slots of %i, %i reads, links %s, scale %f',
    async (batch, slots, width, reads, links, scale) => {
      const sizes = { slots, width, reads, links };
      const given = draw(batch, sizes, scale);
      const wanted = proof((state, command) => portableAccess(state, command, sizes), given);
      await expectTreesClose(proof(dncAccess, given), wanted, { relative: 2e-4, absolute: 1e-5 });
    },
  );

  it.each([30, 300, 1e4])('stays finite with commands of size %f and an empty memory', async (scale) => {
    const { state, commands } = draw(2, { slots: 5, width: 4, reads: 2, links: true }, scale);
    const found = proof(dncAccess, { state: tree.map(state, (leaf) => zerosLike(leaf)), commands });
    await expectTreesClose(found, found);
  });

  it('leaks nothing over repeated calls, with gradients or without', () => {
    const { state, commands } = draw(2, { slots: 6, width: 4, reads: 1, links: true }, 1);
    const [command] = commands as [Frame];
    const made = countTensors(() => {
      for (let i = 0; i < 200; i++) tree.dispose(dncAccess(state, command) as Tree);
      for (let i = 0; i < 20; i++) {
        const { value, grads } = valueAndGrad(
          (x: Given['state']) => ({ loss: sum(dncAccess(x, command).read) as Scalar, aux: [] }),
          state,
        );
        tree.dispose([value, grads] as Tree);
      }
    });
    expect(made).toBe(0);
  });

  it('refuses a second-order gradient', () => {
    const { state, commands } = draw(1, { slots: 3, width: 2, reads: 1, links: true }, 1);
    const [command] = commands as [Frame];
    const first = (c: Frame): Tensor =>
      valueAndGrad((x: Frame) => ({ loss: sum(dncAccess(state, x).read) as Scalar, aux: [] }), c).grads;
    expect(() => valueAndGrad((c: Frame) => ({ loss: sum(add(first(c), 1)) as Scalar, aux: [] }), command)).toThrow(
      /dncAccess: expected a first-order gradient/,
    );
  });
});
