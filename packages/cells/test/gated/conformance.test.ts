import { describeCell } from '@elman/testkit';
import { getBackend } from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import { gru, jordan, lstm, simpleRnn } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

// On a software GPU an op takes milliseconds: there one cell of each form is tested elsewhere.
describe.skipIf(['webgl', 'webgpu'].includes(getBackend()))('cells with gates', () => {
  const orthogonal = { ...sizes, recurrentInitializer: 'orthogonal' } as const;
  describeCell('lstm, orthogonal', () => lstm(orthogonal), options);
  describeCell('gru, orthogonal', () => gru({ ...orthogonal, recurrentScale: 0.9, chrono: 20 }), options);
  describeCell('jordan, orthogonal', () => jordan({ ...orthogonal, outputSize: 2 }), options);
  describeCell(
    'IRNN',
    () => simpleRnn({ ...sizes, activation: 'relu', recurrentInitializer: 'identity', recurrentScale: 0.5 }),
    options,
  );
});
