import { describeCell } from '@elman/testkit';
import { getBackend } from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import {
  clockworkRnn,
  dilated,
  exponentialTrace,
  leakyRnn,
  lstm,
  scrn,
  simpleRnn,
  skipThroughTime,
} from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

// On a software GPU an op takes milliseconds.
describe.skipIf(['webgl', 'webgpu'].includes(getBackend()))('cells of several time scales', () => {
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
  describeCell('clockworkRnn', () => clockworkRnn({ ...sizes, periods: [1, 2] }), options);
  describeCell('clockworkRnn of unequal groups', () => clockworkRnn({ ...sizes, periods: [1, 2, 3] }), options);
  describeCell('dilated', () => dilated(lstm(sizes), { period: 3 }), options);
  describeCell('skipThroughTime', () => skipThroughTime(simpleRnn({ inputSize: 7, hiddenSize: 4 })), options);
});
