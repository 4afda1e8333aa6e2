import { type Cell, Rng, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { engine, getBackend, mul, sum, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { compiledScan } from '../../src/index.ts';
import { type Heap, heapOf } from '../../src/simd/heap.ts';
import { heapWorkspace } from '../../src/simd/plan-workspace.ts';
import { sharedWorkspace } from '../../src/simd/workspace.ts';
import { INPUT, layerNormLstm } from './cells.ts';
import { compiledBits } from './in-workspace.ts';

const isWasm = getBackend() === 'wasm';
/** Numbers allocated at a time. */
const CHUNK = 10_000;

it.skipIf(!isWasm)(
  'a sequence on the heap of tfjs has the bits of one in the memory of the kernels (backend: wasm)',
  () => {
    const [heap, shared] = [heapWorkspace(engine().backend), sharedWorkspace()];
    if (heap === undefined || shared === undefined) throw new Error('no SIMD');
    for (const reverse of [false, true]) {
      expect(compiledBits(heap, { reverse })).toEqual(compiledBits(shared, { reverse }));
    }
  },
);

it.skipIf(!isWasm)('a heap that grows in the middle of a sequence invalidates nothing (backend: wasm)', () => {
  const heap = heapOf(engine().backend) as Heap;
  const cell = layerNormLstm(40) as unknown as Cell<Tree, Tree>;
  const params = cell.init(Rng.seeded(1));
  const inputs = Rng.seeded(2).tensor([40, 50, INPUT], (rng) => rng.normal()) as Sequence;
  const step = (): Float32Array[] => {
    const { value, grads } = valueAndGrad(
      (given: { readonly params: Tree; readonly inputs: Sequence }) => {
        const steps = compiledScan(cell, given.params, cell.initialState(40), given.inputs, { context: undefined });
        const { outputs } = steps ?? { outputs: zeros([1, 1, 1]) };
        return { loss: sum(mul(outputs, outputs)), aux: {} };
      },
      { params, inputs },
    );
    const results = [value, ...tree.leaves(grads)].map((tensor) => tensor.dataSync() as Float32Array);
    tree.dispose([value, grads]);
    return results;
  };
  const before = step();
  const taken: number[] = [];
  const size = (): number => heap.memory.buffer.byteLength;
  try {
    const old = size();
    while (size() === old) taken.push(heap.allocate(CHUNK));
    // The rest of what the heap has grown by, but for less than the sequence takes.
    const full = size();
    for (let rest = full - old; rest > 50 * 4 * CHUNK; rest -= 4 * CHUNK + 16) taken.push(heap.allocate(CHUNK));
    expect(size()).toBe(full);
    expect(step()).toEqual(before);
    expect(size()).toBeGreaterThan(full);
  } finally {
    for (const address of taken) heap.free(address);
  }
  tree.dispose([params, inputs]);
});
