import { describeCell } from '@elman/testkit';
import { describe } from 'vitest';
import {
  clockworkRnn,
  dilated,
  exponentialTrace,
  gru,
  hierarchicalMultiscaleLstm,
  leakyRnn,
  lstm,
  phasedLstm,
  scrn,
  simpleRnn,
  skipRnn,
  skipThroughTime,
  zoneout,
} from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

/** The gradient of a straight-through estimator is not the derivative: pytorch.test.ts proves it. */
const straightThrough = { ...options, gradientTolerance: 1e6 };

// On a software GPU an op takes milliseconds.
describe('cells of several time scales', () => {
  describeCell('leakyRnn', () => leakyRnn(sizes), options);
  describeCell(
    'leakyRnn that learns α',
    () => leakyRnn({ ...sizes, activation: 'sigmoid', timeConstants: [2, 3, 5, 8], learnAlpha: true }),
    options,
  );
  describeCell('exponentialTrace', () => exponentialTrace({ ...sizes, alpha: [0, 0.5, 0.7, 0.9] }), options);
  describeCell('exponentialTrace that learns α', () => exponentialTrace({ ...sizes, learnAlpha: true }), options);
  describeCell('scrn', () => scrn(sizes), options);
  describeCell('scrn that learns α', () => scrn({ ...sizes, contextSize: 5, learnAlpha: true }), options);
  describeCell('clockworkRnn', () => clockworkRnn({ ...sizes, periods: [1, 2, 3] }), options);
  describeCell('dilated', () => dilated(lstm(sizes), { period: 3 }), options);
  describeCell('skipThroughTime', () => skipThroughTime(simpleRnn({ inputSize: 7, hiddenSize: 4 })), options);
  describeCell(
    'skipThroughTime of several periods, without the previous frame',
    () => skipThroughTime(dilated(lstm({ inputSize: 11, hiddenSize: 4 })), { periods: [5, 3] }),
    options,
  );
  describeCell('zoneout', () => zoneout(lstm(sizes), { rate: { h: 0.05, c: 0.5 } }), options);
  describeCell('skipRnn', () => skipRnn(gru(sizes)), straightThrough);
  describeCell('phasedLstm', () => phasedLstm({ ...sizes, periods: [2, 4], openRatio: 0.6 }), options);
  describeCell('hierarchicalMultiscaleLstm', () => hierarchicalMultiscaleLstm({ ...sizes, slope: 2 }), straightThrough);
});
