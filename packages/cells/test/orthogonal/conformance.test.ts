import { describeCell } from '@elman/testkit';
import { describe } from 'vitest';
import { antisymmetricRnn, orthogonalRnn, unitaryRnn } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };

// On a software GPU an op takes milliseconds.
describe('cells that keep norms', () => {
  describeCell('antisymmetricRnn', () => antisymmetricRnn(sizes), options);
  describeCell(
    'antisymmetricRnn, gated',
    () => antisymmetricRnn({ ...sizes, gated: true, stepSize: 0.5, diffusion: 0.2 }),
    options,
  );
  describeCell('orthogonalRnn', () => orthogonalRnn(sizes), options);
  describeCell('orthogonalRnn, tanh', () => orthogonalRnn({ ...sizes, activation: 'tanh', reflections: 2 }), options);
  describeCell('unitaryRnn', () => unitaryRnn(sizes), options);
});
