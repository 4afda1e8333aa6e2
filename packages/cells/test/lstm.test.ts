import { describeCell } from '@elman/testkit';
import { lstm } from '../src/index.ts';

describeCell('lstm', () => lstm({ inputSize: 3, hiddenSize: 4 }), { importPackage: () => import('../src/index.ts') });
