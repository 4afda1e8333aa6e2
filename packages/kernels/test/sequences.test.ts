import { BackendError, Rng } from '@elman/core';
import { getBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  hasGruSequence,
  hasLstmSequence,
  hasPeepholeLstmSequence,
  hasResetBeforeGruSequence,
  hasSimpleRnnSequence,
} from '../src/index.ts';
import type { Inputs, SequenceCase } from './describe-sequence.ts';
import { gruCase, lstmCase, peepholeLstmCase, resetBeforeGruCase, simpleRnnCases } from './sequence-cases.ts';

type Subject = readonly [subject: SequenceCase<Inputs>, has: () => boolean];
const subjectOf = <I extends Inputs>(subject: SequenceCase<I>, has: () => boolean): Subject => [
  subject as unknown as SequenceCase<Inputs>,
  has,
];

const subjects: { readonly [name: string]: Subject } = {
  lstmSequence: subjectOf(lstmCase, hasLstmSequence),
  peepholeLstmSequence: subjectOf(peepholeLstmCase, hasPeepholeLstmSequence),
  gruSequence: subjectOf(gruCase, hasGruSequence),
  resetBeforeGruSequence: subjectOf(resetBeforeGruCase, hasResetBeforeGruSequence),
  simpleRnnSequence: subjectOf(simpleRnnCases.tanh as typeof resetBeforeGruCase, hasSimpleRnnSequence),
};

// libtensorflow has tests of the ops themselves, in tensorflow.test.ts.
describe.each(Object.entries(subjects))('%s', (name, [{ op, inputs }, has]) => {
  const fitting = inputs(Rng.seeded(1), { batch: 2, time: 3, hidden: 4 });

  it('is an op of libtensorflow alone: elsewhere it names itself and that backend', () => {
    expect(has()).toBe(false);
    expect(() => op(fitting)).toThrow(
      new BackendError(
        `${name}: expected one of the backends tensorflow, got ${getBackend()}; use \`unroll\` of @elman/rnn with a cell, on any backend.`,
      ),
    );
  });
});
