import { Rng } from '@elman/core';
import { getBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hasGruSequence, hasLstmSequence, hasSimpleRnnSequence } from '../src/index.ts';
import { describeSequence } from './describe-sequence.ts';
import { startFake } from './fake-libtensorflow.ts';
import { gruCase, lstmCase, simpleRnnCases } from './sequence-cases.ts';

// libtensorflow is not at hand everywhere: its ops are played by those of cpu. tensorflow.node.test.ts has the real ones.
const counts = getBackend() === 'cpu' ? await startFake() : undefined;

if (counts !== undefined) {
  describeSequence('lstmSequence with ops of TensorFlow', lstmCase);
  describeSequence('gruSequence with ops of TensorFlow', gruCase);
  for (const [activation, sequence] of Object.entries(simpleRnnCases)) {
    describeSequence(`simpleRnnSequence with ops of TensorFlow, ${activation}`, sequence);
  }
}

describe.runIf(counts !== undefined)(
  'with ops of TensorFlow (played by those of cpu, where that is the backend)',
  () => {
    it('has every sequence', () => {
      expect([hasLstmSequence(), hasGruSequence(), hasSimpleRnnSequence()]).toEqual([true, true, true]);
    });

    it('takes the op of a whole sequence for a narrow LSTM without a mask, else the loop', () => {
      const ran = (hidden: number): boolean => {
        const before = counts?.get('BlockLSTMV2') ?? 0;
        lstmCase.op(lstmCase.inputs(Rng.seeded(1), { batch: 2, time: 3, hidden }));
        return (counts?.get('BlockLSTMV2') ?? 0) > before;
      };
      expect([ran(32), ran(33)]).toEqual([true, false]);
    });
  },
);
