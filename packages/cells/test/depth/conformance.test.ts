import { describeCell } from '@elman/testkit';
import { deepTransitionRnn, recurrentHighway } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };
const deep = { transitionDepth: 3, inputDepth: 1, outputDepth: 1, shortcut: true };

describeCell('deepTransitionRnn', () => deepTransitionRnn(sizes), options);
describeCell('deepTransitionRnn, deep everywhere', () => deepTransitionRnn({ ...sizes, ...deep }), options);
describeCell('recurrentHighway', () => recurrentHighway(sizes), options);
