import { ShapeError } from '@elman/core';
import { cast, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hasResetBeforeGruSequence, type ResetBeforeGruSequence, resetBeforeGruSequence } from '../src/index.ts';
import { describeSequence } from './describe-sequence.ts';
import { resetBeforeGruCase } from './sequence-cases.ts';

describeSequence('resetBeforeGruSequence', resetBeforeGruCase);

const fitting = (): ResetBeforeGruSequence => ({
  projected: zeros([2, 3, 12]),
  recurrentKernel: zeros([4, 12]),
  h: zeros([2, 4]),
});

it('rejects inputs of other shapes and dtypes', () => {
  const wrong: [Partial<ResetBeforeGruSequence>, string][] = [
    [{ recurrentKernel: zeros([4, 16]) }, 'resetBeforeGruSequence: recurrentKernel'],
    [{ projected: zeros([2, 3, 16]) }, 'resetBeforeGruSequence: projected'],
    [{ projected: zeros([2, 0, 12]) }, 'resetBeforeGruSequence: projected: expected one frame or more'],
    [{ h: zeros([3, 4]) }, 'resetBeforeGruSequence: h'],
    [{ mask: zeros([3, 2]) }, 'resetBeforeGruSequence: mask'],
    [{ h: cast(zeros([2, 4]), 'int32') }, 'resetBeforeGruSequence: h: expected float32, got int32.'],
  ];
  for (const [part, message] of wrong) {
    expect(() => resetBeforeGruSequence({ ...fitting(), ...part })).toThrow(ShapeError);
    expect(() => resetBeforeGruSequence({ ...fitting(), ...part })).toThrow(message);
  }
});

it('runs on every backend under test', () => expect(hasResetBeforeGruSequence()).toBe(true));
