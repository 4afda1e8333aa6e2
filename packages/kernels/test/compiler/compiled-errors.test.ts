import { Rng, type Sequence, tree } from '@elman/core';
import { add, engine, grad, matMul, mul, sum, type Tensor, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { compiledScan } from '../../src/compiler/compiled-scan.ts';
import { sharedWorkspace } from '../../src/simd/workspace.ts';
import { cellOf, HIDDEN, h0, INPUT } from './cells.ts';
import { compilesHere } from './compiles-here.ts';

let left = Number.POSITIVE_INFINITY;
const noisy = cellOf({ w: [INPUT, HIDDEN], u: [HIDDEN, HIDDEN] }, h0, ({ w, u }, { h }, x, _, rng) => {
  const draw = (r: Rng): number => {
    if (left-- <= 0) throw new Error('no more numbers');
    return r.normal();
  };
  const noise = (rng as Rng).tensor([x.shape[0], HIDDEN], draw) as Tensor2D;
  const next: Tensor2D = tanh(add(mul(matMul(x, w as Tensor2D), noise), matMul(h, u as Tensor2D)));
  return { output: next, state: { h: next } };
});

it.runIf(compilesHere())('an error half way leaves no tensor and no memory behind', () => {
  const rng = Rng.seeded(1);
  const params = noisy.init(rng);
  const state = noisy.initialState(2);
  const x = zeros([2, 5, INPUT]) as Sequence;
  const run = (inputs: Tensor): Tensor =>
    tree.tidy(() =>
      sum(compiledScan(noisy, params, state, inputs as Sequence, { context: undefined, rng })?.outputs as Tensor),
    );
  const both = [() => run(x).dispose(), () => grad(run)(x).dispose()];
  for (const f of both) f();
  const used = () => [engine().memory().numTensors, sharedWorkspace()?.blocks.used];
  const before = used();
  for (const f of both) {
    left = 3 * 2 * HIDDEN;
    expect(f).toThrow('no more numbers');
    expect(used()).toEqual(before);
  }
  left = Number.POSITIVE_INFINITY;
  for (const f of both) f();
  expect(used()).toEqual(before);
  tree.dispose([params, state, x]);
});
