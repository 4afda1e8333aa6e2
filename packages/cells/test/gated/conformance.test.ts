import { describeCell } from '@elman/testkit';
import { describe } from 'vitest';
import { coupledGateLstm, gru, jordan, lstm, lstm1997, lstmVariant, simpleRnn } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

// On a software GPU an op takes milliseconds: there one cell of each form is tested elsewhere.
describe('cells with gates', () => {
  const orthogonal = { ...sizes, recurrentInitializer: 'orthogonal' } as const;
  describeCell('lstm, orthogonal', () => lstm(orthogonal), options);
  describeCell('gru, orthogonal', () => gru({ ...orthogonal, recurrentScale: 0.9, chrono: 20 }), options);
  describeCell('jordan, orthogonal', () => jordan({ ...orthogonal, outputSize: 2 }), options);
  describeCell(
    'IRNN',
    () => simpleRnn({ ...sizes, activation: 'relu', recurrentInitializer: 'identity', recurrentScale: 0.5 }),
    options,
  );

  describeCell('lstm1997', () => lstm1997(sizes), options);
  describeCell('coupledGateLstm', () => coupledGateLstm({ ...orthogonal, recurrentScale: 0.9 }), options);
  for (const parts of [
    {},
    { inputGate: false, outputActivation: 'linear' },
    { forgetGate: false, inputActivation: 'linear' },
    { outputGate: false, outputActivation: 'linear', peepholes: false },
    { inputGate: false, forgetGate: false, outputGate: false },
    { coupledGates: true, fullGateRecurrence: true },
    { fullGateRecurrence: true },
  ] as const) {
    describeCell(`lstmVariant ${JSON.stringify(parts)}`, () => lstmVariant({ ...sizes, ...parts }), options);
  }
});
