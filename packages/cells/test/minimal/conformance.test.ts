import { describeCell } from '@elman/testkit';
import { minimalGatedUnit, updateGateRnn } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

describeCell('minimalGatedUnit', () => minimalGatedUnit(sizes), options);
describeCell('updateGateRnn', () => updateGateRnn(sizes), options);
describeCell('updateGateRnn with relu', () => updateGateRnn({ ...sizes, activation: 'relu' }), options);
