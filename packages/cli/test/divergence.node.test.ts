import { DataError, DivergenceError } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { expectLearned, withAdvice } from '../src/divergence.ts';

const guessing = Math.log(27);
const remedies = { learningRate: 100, clip: 5, isSaved: true };
const check =
  (loss: number, firstLoss = guessing) =>
  () =>
    expectLearned('train', { step: 60, loss, guessing, firstLoss }, remedies);

describe('expectLearned', () => {
  it.each([
    [0, guessing],
    [guessing, guessing],
    [1.02 * guessing, guessing],
    [2 * guessing, guessing],
    [30, 20],
  ])('lets a run be whose lowest loss is %d and began with %d', (loss, first) => {
    expect(check(loss, first)).not.toThrow();
  });

  it.each([130.336, 710, Number.POSITIVE_INFINITY, Number.NaN])('refuses a lowest loss of %d', (loss) => {
    expect(check(loss)).toThrow(DivergenceError);
  });

  it('says what happened and what to change', () => {
    expect(check(130.336)).toThrow(
      'train: the run has diverged: after 60 updates the lowest loss is 130.3, and guessing has 3.296; lower --learning-rate (now 100), and train anew with --overwrite.',
    );
  });
});

describe('withAdvice', () => {
  const error = new DivergenceError(
    'train: update 3: the loss is NaN. Lower it (clipByGlobalNorm); nothing was saved.',
    { finding: 'train: update 3: the loss is NaN' },
  );

  it('names the options of the command in place of functions', () => {
    expect(withAdvice(error, { learningRate: 9, clip: 0, isSaved: false })).toMatchObject({
      message: 'train: update 3: the loss is NaN; lower --learning-rate (now 9), clip the gradient (--clip 1).',
      cause: error,
    });
  });

  it('does not advise what was done', () => {
    expect((withAdvice(error, remedies) as Error).message).not.toContain('--clip');
  });

  it('leaves advice about the data', () => {
    const atFirst = new DivergenceError('train: update 1: the loss is NaN. Look at the data.', { byUpdates: false });
    expect(withAdvice(atFirst, remedies)).toBe(atFirst);
    const inData = new DataError('train: update 7: batch 6 of epoch 0, row 3, frame 12: inputs is NaN.');
    expect(withAdvice(inData, remedies)).toBe(inData);
  });

  it('leaves other errors as they are', () => {
    const other = new TypeError('x');
    expect(withAdvice(other, remedies)).toBe(other);
  });
});
