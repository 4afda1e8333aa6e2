import { describeCell } from '@elman/testkit';
import { matrixLstm, sLstm } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

describeCell('sLstm', () => sLstm(sizes), options);
describeCell('sLstm with two heads', () => sLstm({ ...sizes, heads: 2 }), options);
describeCell('sLstm with exponential forget gates', () => sLstm({ ...sizes, forgetGate: 'exponential' }), options);
describeCell('matrixLstm', () => matrixLstm(sizes), options);
describeCell(
  'matrixLstm with exponential forget gates',
  () => matrixLstm({ ...sizes, forgetGate: 'exponential' }),
  options,
);
