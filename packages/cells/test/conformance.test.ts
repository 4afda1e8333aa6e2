import { describeCell } from '@elman/testkit';
import { getBackend } from '@tensorflow/tfjs-core';
import { feedForward, gru, jordan, lstm, peepholeLstm, resetBeforeGru, simpleRnn } from '../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../src/index.ts') };

describeCell('simpleRnn', () => simpleRnn(sizes), options);
describeCell('jordan', () => jordan({ ...sizes, outputSize: 2 }), options);
describeCell('lstm', () => lstm(sizes), options);
describeCell('peepholeLstm', () => peepholeLstm(sizes), options);
describeCell('gru', () => gru(sizes), options);
describeCell('feedForward', () => feedForward(sizes), options);
describeCell('resetBeforeGru', () => resetBeforeGru(sizes), options);

// On a software GPU an op takes milliseconds: there only the other tests cover the options of these cells.
if (!['webgl', 'webgpu'].includes(getBackend())) {
  for (const activation of ['relu', 'sigmoid'] as const) {
    describeCell(`simpleRnn with ${activation}`, () => simpleRnn({ ...sizes, activation }), options);
  }
  describeCell('lstm with chrono biases', () => lstm({ ...sizes, chrono: 20 }), options);
  describeCell('gru with chrono biases', () => gru({ ...sizes, chrono: 20 }), options);
  describeCell(
    'jordan with activations',
    () => jordan({ ...sizes, activation: 'relu', outputActivation: 'sigmoid' }),
    options,
  );
}
