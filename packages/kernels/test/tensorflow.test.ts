import { Rng } from '@elman/core';
import { getBackend, ones, type Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  hasGruSequence,
  hasLstmSequence,
  hasPeepholeLstmSequence,
  hasResetBeforeGruSequence,
  hasSimpleRnnSequence,
  kernelReport,
} from '../src/index.ts';
import { describeSequence, type Inputs, type SequenceCase } from './describe-sequence.ts';
import { startFake } from './fake-libtensorflow.ts';
import { gruCase, lstmCase, peepholeLstmCase, resetBeforeGruCase, simpleRnnCases } from './sequence-cases.ts';

// libtensorflow is not available everywhere: its ops are emulated on cpu. tensorflow.node.test.ts has the real ones.
const counts = getBackend() === 'cpu' ? await startFake() : undefined;

if (counts !== undefined) {
  describeSequence('lstmSequence with ops of TensorFlow', lstmCase);
  describeSequence('peepholeLstmSequence with ops of TensorFlow', peepholeLstmCase);
  describeSequence('gruSequence with ops of TensorFlow', gruCase);
  describeSequence('resetBeforeGruSequence with ops of TensorFlow', resetBeforeGruCase);
  for (const [activation, sequence] of Object.entries(simpleRnnCases)) {
    describeSequence(`simpleRnnSequence with ops of TensorFlow, ${activation}`, sequence);
  }
}

describe.runIf(counts !== undefined)('with ops of TensorFlow (emulated on the backend cpu)', () => {
  it('supports every sequence', () => {
    const all = [hasLstmSequence, hasPeepholeLstmSequence, hasGruSequence, hasResetBeforeGruSequence];
    expect([...all, hasSimpleRnnSequence].map((has) => has())).toEqual(Array.from({ length: 5 }, () => true));
  });

  it('reports that libtensorflow runs them', () => {
    expect(kernelReport()).toMatchObject({
      engine: 'libtensorflow',
      sequences: 'ops of libtensorflow',
      lostThreads: 0,
    });
  });

  /** Number of executions of an op in a sequence of four frames. */
  const countOf = <I extends Inputs>(op: string, subject: SequenceCase<I>, hidden: number, mask?: Tensor2D): number => {
    const before = counts?.get(op) ?? 0;
    subject.op({ ...subject.inputs(Rng.seeded(1), { batch: 2, time: 4, hidden }), mask });
    return (counts?.get(op) ?? 0) - before;
  };

  it('uses the op of a whole sequence for a narrow LSTM without a mask, else the loop', () => {
    const block = (subject: typeof lstmCase | typeof peepholeLstmCase, hidden: number, mask?: Tensor2D): number =>
      countOf('BlockLSTMV2', subject as typeof lstmCase, hidden, mask);
    for (const subject of [lstmCase, peepholeLstmCase]) {
      expect([block(subject, 32), block(subject, 33), block(subject, 32, ones([2, 4]))]).toEqual([1, 0, 0]);
    }
  });

  it('uses the op of a whole cell for a narrow GRU that resets before, else several', () => {
    expect([64, 65].map((hidden) => countOf('GRUBlockCell', resetBeforeGruCase, hidden))).toEqual([4, 0]);
  });
});
