import { Rng, tree, valueAndGrad } from '@elman/core';
import { engine, memory, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { describeSequence, type Inputs, type SequenceCase } from './describe-sequence.ts';
import { gruCase, lstmCase, simpleRnnCases } from './sequence-cases.ts';
import { startLibtensorflow, tfjsNode } from './start-libtensorflow.ts';

const binding = tfjsNode === undefined ? undefined : await startLibtensorflow(tfjsNode);

if (binding !== undefined) {
  describeSequence('lstmSequence with libtensorflow', lstmCase);
  describeSequence('gruSequence with libtensorflow', gruCase);
  for (const [activation, sequence] of Object.entries(simpleRnnCases)) {
    describeSequence(`simpleRnnSequence with libtensorflow, ${activation}`, sequence);
  }
}

/** Calls, with gradients, of which none may leave anything: neither tensors nor what is beneath them. */
function callOften<I extends Inputs>({ op, inputs }: SequenceCase<I>, hidden: number, calls: number): void {
  const all = inputs(Rng.seeded(1), { batch: 4, time: 12, hidden });
  for (let call = 0; call < calls; call++) {
    const { value, grads } = valueAndGrad((given: I) => ({ loss: sum(op(given).outputs) as Scalar, aux: {} }), all);
    tree.dispose([value as Tensor, grads]);
  }
  tree.dispose(all);
}

describe.runIf(binding !== undefined)('libtensorflow (where ELMAN_TFJS_NODE says in which folder it is)', () => {
  it.each([
    ['lstmSequence, as one op', () => callOften(lstmCase, 17, 1000)],
    ['lstmSequence, as a loop', () => callOften(lstmCase, 33, 1000)],
    ['gruSequence', () => callOften(gruCase, 17, 1000)],
    ['simpleRnnSequence', () => callOften(simpleRnnCases.tanh as (typeof simpleRnnCases)[string], 17, 1000)],
  ])('does not grow over 1,000 calls: %s', (_, run) => {
    const counts = () => [memory().numTensors, engine().backend.numDataIds(), binding?.getNumOfTensors()];
    run();
    const [before, resident] = [counts(), process.memoryUsage.rss()];
    run();
    expect(counts()).toEqual(before);
    // What the allocator and the garbage collector may keep; a leak of one frame a call would be 3 MB and more.
    expect((process.memoryUsage.rss() - resident) / 2 ** 20).toBeLessThan(32);
  });
});
