import { type Optimizer, type Tree, tree } from '@elman/core';
import { adam, applyUpdates, chain, clipByGlobalNorm, globalNorm } from '@elman/optim';
import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('walks', async () => {
  const o = chain(clipByGlobalNorm(1), adam({ learningRate: 0.1 }));
  let p = { a: tensor1d([1, 2]), b: [tensor1d([3])] };
  const g = { a: tensor1d([3, 0]), b: [tensor1d([4])] };
  let s = o.init(p);
  const before = memory().numTensors;
  for (let i = 0; i < 3; i++) {
    const { updates, state } = o.update(g, s, p, i);
    const q = applyUpdates(p, updates);
    tree.dispose([updates, s, p]);
    p = q;
    s = state;
  }
  expect(memory().numTensors).toBe(before);
  expect((await globalNorm(g).data())[0]).toBe(5);
  expect([...(await p.a.data())][0]).toBeCloseTo(0.7);
  const any: Optimizer<Tree> = o as unknown as Optimizer<Tree>;
  expect(any.name).toBe('chain(clipByGlobalNorm, adam)');
});
