import { describeCell, expectTreesClose } from '@elman/testkit';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { __cell__ } from '../src/index.ts';

describeCell('__cell__', () => __cell__({ inputSize: 3, hiddenSize: 4 }), {
  importPackage: () => import('../src/index.ts'),
});

it('equals a step worked by hand', async () => {
  // tanh(2·1 + 3·2 − 8 + ln 2) = 3/5
  const params = { kernel: tensor2d([[1]]), recurrentKernel: tensor2d([[2]]), bias: tensor1d([Math.LN2 - 8]) };
  const found = __cell__({ inputSize: 1, hiddenSize: 1 }).step(params, { h: tensor2d([[3]]) }, tensor2d([[2]]));
  await expectTreesClose(found, { output: tensor2d([[0.6]]), state: { h: tensor2d([[0.6]]) } });
});
