import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Rng, tree, valueAndGrad } from '@elman/core';
import { engine, memory, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { describeSequence, type Inputs, type SequenceCase } from './describe-sequence.ts';
import { gruCase, lstmCase, peepholeLstmCase, resetBeforeGruCase, simpleRnnCases } from './sequence-cases.ts';
import { startLibtensorflow, tfjsNode } from './start-libtensorflow.ts';

const binding = tfjsNode === undefined ? undefined : await startLibtensorflow(tfjsNode);

if (binding !== undefined) {
  describeSequence('lstmSequence with libtensorflow', lstmCase);
  describeSequence('peepholeLstmSequence with libtensorflow', peepholeLstmCase);
  describeSequence('gruSequence with libtensorflow', gruCase);
  describeSequence('resetBeforeGruSequence with libtensorflow', resetBeforeGruCase);
  for (const [activation, sequence] of Object.entries(simpleRnnCases)) {
    describeSequence(`simpleRnnSequence with libtensorflow, ${activation}`, sequence);
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function residentMemory(): number {
  collectGarbage();
  return process.memoryUsage.rss();
}

/** Calls, with gradients, none of which may leak tensors or native memory. */
function callOften<I extends Inputs>({ op, inputs }: SequenceCase<I>, hidden: number, calls: number): void {
  const all = inputs(Rng.seeded(1), { batch: 16, time: 12, hidden });
  for (let call = 0; call < calls; call++) {
    const { value, grads } = valueAndGrad((given: I) => ({ loss: sum(op(given).outputs) as Scalar, aux: {} }), all);
    tree.dispose([value as Tensor, grads]);
  }
  tree.dispose(all);
}

describe.runIf(binding !== undefined)('libtensorflow (in the folder ELMAN_TFJS_NODE)', () => {
  it.each([
    ['lstmSequence, as one op', (calls: number) => callOften(lstmCase, 32, calls)],
    ['lstmSequence, as a loop', (calls: number) => callOften(lstmCase, 33, calls)],
    ['peepholeLstmSequence, as one op', (calls: number) => callOften(peepholeLstmCase, 32, calls)],
    ['peepholeLstmSequence, as a loop', (calls: number) => callOften(peepholeLstmCase, 33, calls)],
    ['gruSequence', (calls: number) => callOften(gruCase, 32, calls)],
    ['resetBeforeGruSequence, cells', (calls: number) => callOften(resetBeforeGruCase, 64, calls)],
    ['resetBeforeGruSequence, op by op', (calls: number) => callOften(resetBeforeGruCase, 65, calls)],
    [
      'simpleRnnSequence',
      (calls: number) => callOften(simpleRnnCases.tanh as (typeof simpleRnnCases)[string], 32, calls),
    ],
  ])('does not grow over 1,000 calls: %s', (_, run) => {
    const counts = () => [memory().numTensors, engine().backend.numDataIds(), binding?.getNumOfTensors()];
    run(500);
    const before = counts();
    const resident = [residentMemory()];
    for (let round = 0; round < 2; round++) {
      run(500);
      resident.push(residentMemory());
    }
    expect(counts()).toEqual(before);
    // An allocator may grow now and then; a leak grows in every round, by 12 MB if it is one tensor of a sequence a call.
    const growth = resident.slice(1).map((bytes, round) => bytes - (resident[round] as number));
    expect(Math.min(...growth) / 2 ** 20).toBeLessThan(4);
  });
});
