import { describeCell } from '@elman/testkit';
import { echoState } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

describeCell('echoState', () => echoState(sizes), options);
describeCell(
  'echoState of leaky units',
  () => echoState({ ...sizes, leak: 0.3, spectralRadius: 1.2, density: 0.7, inputScale: 0.5, biasScale: 0.1 }),
  options,
);
