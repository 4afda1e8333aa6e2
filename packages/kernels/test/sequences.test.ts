import { BackendError, Rng, ShapeError } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { cast, getBackend, type Tensor, type Tensor2D, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  hasGruSequence,
  hasLstmSequence,
  hasPeepholeLstmSequence,
  hasResetBeforeGruSequence,
  hasSimpleRnnSequence,
} from '../src/index.ts';
import { describeSequence, type Inputs, onGpu, type SequenceCase } from './describe-sequence.ts';
import { gruCase, lstmCase, peepholeLstmCase, resetBeforeGruCase, simpleRnnCases } from './sequence-cases.ts';

type Subject = readonly [subject: SequenceCase<Inputs>, gates: number, has: () => boolean];
const subjectOf = <I extends Inputs>(subject: SequenceCase<I>, gates: number, has: () => boolean): Subject => [
  subject as unknown as SequenceCase<Inputs>,
  gates,
  has,
];

const subjects: { readonly [name: string]: Subject } = {
  lstmSequence: subjectOf(lstmCase, 4, hasLstmSequence),
  peepholeLstmSequence: subjectOf(peepholeLstmCase, 4, hasPeepholeLstmSequence),
  gruSequence: subjectOf(gruCase, 3, hasGruSequence),
  resetBeforeGruSequence: subjectOf(resetBeforeGruCase, 3, hasResetBeforeGruSequence),
  simpleRnnSequence: subjectOf(simpleRnnCases.tanh as typeof resetBeforeGruCase, 1, hasSimpleRnnSequence),
};

// libtensorflow has these tests in tensorflow.test.ts.
if (onGpu) {
  for (const [name, [subject]] of Object.entries(subjects)) describeSequence(name, subject);
  for (const activation of ['relu', 'sigmoid']) {
    const subject = simpleRnnCases[activation] as typeof resetBeforeGruCase;
    describeSequence(`simpleRnnSequence, ${activation}`, subject);
  }
}

describe.each(Object.entries(subjects))('%s', (name, [{ op, inputs }, gates, has]) => {
  const fitting = inputs(Rng.seeded(1), { batch: 2, time: 3, hidden: 4 });

  it('runs on webgl and webgpu, and names itself and its backends on cpu and wasm', () => {
    expect(has()).toBe(onGpu);
    if (onGpu) return;
    expect(() => op(fitting)).toThrow(
      new BackendError(
        `${name}: expected one of the backends tensorflow, webgl, webgpu, got ${getBackend()}; ` +
          'use `unroll` of @elman/rnn with a cell, on any backend.',
      ),
    );
  });

  it.runIf(onGpu)('rejects inputs of other shapes and dtypes (on webgl and webgpu)', () => {
    const width = gates * 4;
    const wrong: [{ readonly [input: string]: Tensor }, string][] = [
      [
        { recurrentKernel: zeros([4, width + 4]) },
        `recurrentKernel: expected [hidden=4, gates=${width}], got [4, ${width + 4}].`,
      ],
      [
        { projected: zeros([2, 3, width + 4]) },
        `projected: expected [batch=2, time=3, gates=${width}], got [2, 3, ${width + 4}].`,
      ],
      [{ projected: zeros([2, 0, width]) }, 'projected: expected one frame or more'],
      [{ projected: zeros([0, 3, width]) }, 'projected: expected one row or more'],
      [{ h: zeros([3, 4]) }, 'h: expected [batch=2, hidden=4], got [3, 4].'],
      ...('c' in fitting ? [[{ c: zeros([2, 3]) }, 'c: expected [batch=2, hidden=4], got [2, 3].'] as never] : []),
      ...('recurrentBias' in fitting ? [[{ recurrentBias: zeros([12]) }, 'recurrentBias: expected'] as never] : []),
      [{ mask: zeros([3, 2]) }, 'mask: expected [batch=2, time=3], got [3, 2].'],
      [{ h: cast(zeros([2, 4]), 'int32') }, 'h: expected float32, got int32.'],
    ];
    for (const [part, message] of wrong) {
      const call = () => op({ ...fitting, ...part } as typeof fitting);
      expect(call).toThrow(ShapeError);
      expect(call).toThrow(`${name}: ${message}`);
    }
  });

  it.runIf(onGpu)('takes masks of other types (on webgl and webgpu)', async () => {
    const mask = tensor2d([1, 1, 0, 1, 0, 0], [2, 3]);
    const expected = op({ ...fitting, mask });
    for (const dtype of ['bool', 'int32'] as const) {
      await expectTreesClose(
        { ...op({ ...fitting, mask: cast(mask, dtype) as Tensor2D }) },
        { ...expected },
        { relative: 0 },
      );
    }
  });
});
