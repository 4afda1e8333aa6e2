import { describeCell } from '@elman/testkit';
import { gru, jordan, lstm, peepholeLstm, resetBeforeGru, simpleRnn } from '../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../src/index.ts') };

describeCell('simpleRnn', () => simpleRnn(sizes), options);
describeCell('simpleRnn with relu', () => simpleRnn({ ...sizes, activation: 'relu' }), options);
describeCell('jordan', () => jordan(sizes), options);
describeCell(
  'jordan with an output of its own size, through a sigmoid',
  () => jordan({ ...sizes, outputSize: 2, activation: 'relu', outputActivation: 'sigmoid' }),
  options,
);
describeCell('lstm', () => lstm(sizes), options);
describeCell('peepholeLstm', () => peepholeLstm(sizes), options);
describeCell('gru', () => gru(sizes), options);
describeCell('resetBeforeGru', () => resetBeforeGru(sizes), options);
