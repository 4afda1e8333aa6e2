import { type Frame, Rng, type Tree, valueAndGrad } from '@elman/core';
import { hasNtmAccess } from '@elman/kernels';
import { countTensors, expectTreesClose } from '@elman/testkit';
import {
  add,
  addN,
  engine,
  getBackend,
  mul,
  type Scalar,
  softmax,
  sum,
  type Tensor,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { oneOp, portableAccess } from '../src/ntm-access.ts';

const runsHere = getBackend() === 'wasm' || getBackend() === 'cpu';

type Sizes = Parameters<typeof oneOp>[2];
type Given = { readonly memory: Tensor3D; readonly weights: Tensor3D; readonly command: Frame };

const sizesOf = (width: number, reads: number, writes: number, shifts: number): Sizes => ({
  reads,
  writes,
  heads: reads + writes,
  width,
  shifts,
});

function draw(batch: number, slots: number, sizes: Sizes, scale: number): Given {
  const { heads, width, shifts, writes } = sizes;
  const rng = Rng.seeded(slots);
  const numbers = (name: string, shape: number[], by: number): Tensor =>
    rng.fork(name).tensor(shape, (r) => by * r.normal());
  return {
    memory: numbers('memory', [batch, slots, width], scale) as Tensor3D,
    weights: softmax(numbers('weights', [batch, heads, slots], 2)) as Tensor3D,
    command: numbers('command', [batch, heads * (width + 2 * shifts + 4) + 2 * writes * width], scale) as Frame,
  };
}

/** The results of an access, and the gradients of a randomly weighted sum of them. */
function proof(access: typeof oneOp, given: Given, sizes: Sizes): Tree {
  const { value, grads, aux } = valueAndGrad(({ command, ...state }: Given) => {
    const { read, state: next } = access(state, command, sizes);
    const all = [read, next.memory, next.weights] as Tensor[];
    const rng = Rng.seeded(1);
    const terms = all.map((x, i) =>
      sum(
        mul(
          x,
          rng.fork(i).tensor(x.shape, (r) => r.uniform(-1, 1)),
        ),
      ),
    );
    return { loss: addN(terms) as Scalar, aux: all as Tree };
  }, given);
  return { value, grads, aux };
}

/** Bytes of the heap of tfjs, on wasm. */
const bytesOfHeap = (): number =>
  (engine().backend as { wasm?: { HEAPU8: Uint8Array } }).wasm?.HEAPU8.buffer.byteLength ?? 0;

it('is one op on cpu and wasm', () => expect(hasNtmAccess()).toBe(runsHere));

describe.runIf(runsHere)('an access as one op, on cpu and wasm', () => {
  const cases: readonly (readonly [number, number, number, number, number, number, number])[] = [
    // batch, slots, width, reads, writes, shifts, scale
    [1, 3, 1, 1, 1, 1, 1],
    [3, 7, 3, 2, 1, 1, 1],
    [1, 17, 8, 1, 2, 2, 1],
    [3, 17, 20, 2, 2, 1, 1],
    [2, 128, 20, 1, 1, 1, 1],
    [1, 7, 8, 3, 0, 3, 1],
    [1, 7, 8, 0, 3, 0, 1],
    [3, 1, 5, 1, 1, 0, 1],
    [3, 17, 3, 1, 3, 1, 4],
    [3, 7, 20, 1, 1, 1, 1e-3],
    [1, 40, 6, 2, 1, 1, 1e-6],
  ];
  it.each(cases)(
    'equals the ops, with gradients: batch %i, %i slots of %i, %i reads, %i writes, shifts %i, scale %f',
    async (batch, slots, width, reads, writes, shifts, scale) => {
      const sizes = sizesOf(width, reads, writes, shifts);
      const given = draw(batch, slots, sizes, scale);
      const found = proof(oneOp, given, sizes);
      if (writes > 0 && reads > 0 && shifts > 0) {
        await expectTreesClose(found, proof(portableAccess, given, sizes), { relative: 2e-4, absolute: 1e-5 });
      } else await expectTreesClose(found, found);
    },
  );

  it.each([30, 300, 1e4])('stays finite with commands of size %f and a memory of zeros', async (scale) => {
    const sizes = sizesOf(8, 2, 1, 1);
    const { command, weights } = draw(3, 7, sizes, scale);
    const found = proof(oneOp, { command, weights, memory: zeros([3, 7, 8]) }, sizes);
    await expectTreesClose(found, found);
  });

  it('stays finite without any weight, as after heads of zeros', async () => {
    const sizes = sizesOf(3, 1, 1, 1);
    const { command } = draw(2, 5, sizes, 5);
    const given: Given = { command, weights: zeros([2, 2, 5]), memory: zeros([2, 5, 3]) };
    const found = proof(oneOp, given, sizes);
    await expectTreesClose(found, found);
  });

  it('keeps three tensors per call over repeated calls, with gradients or without', () => {
    const sizes = sizesOf(4, 1, 1, 1);
    const given = draw(2, 6, sizes, 1);
    const made = countTensors(() => {
      for (let i = 0; i < 1000; i++) {
        const { read, state } = oneOp(given, given.command, sizes);
        if (i > 0) for (const tensor of [read, state.memory, state.weights]) tensor.dispose();
      }
    });
    expect(made).toBe(3);
    const before = bytesOfHeap();
    const held = countTensors(() => {
      for (let i = 0; i < 1000; i++) {
        const { value, grads } = valueAndGrad(
          (g: Given) => ({ loss: sum(oneOp(g, g.command, sizes).read) as Scalar, aux: [] }),
          given,
        );
        for (const tensor of [value, ...Object.values(grads)]) tensor.dispose();
      }
    });
    expect(held).toBe(0);
    expect(bytesOfHeap()).toBe(before);
  });

  it('refuses a second-order gradient', () => {
    const sizes = sizesOf(2, 1, 1, 1);
    const given = draw(1, 3, sizes, 1);
    const first = (g: Given): Tensor =>
      valueAndGrad((x: Given) => ({ loss: sum(oneOp(x, x.command, sizes).read) as Scalar, aux: [] }), g).grads.command;
    expect(() => valueAndGrad((g: Given) => ({ loss: sum(add(first(g), 1)) as Scalar, aux: [] }), given)).toThrow(
      /ntmAccess: expected a first-order gradient/,
    );
  });
});
