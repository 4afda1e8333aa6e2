import { describeCell } from '@elman/testkit';
import { describe } from 'vitest';
import { elmanJordan, jordan, teacherForced } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4, outputSize: 2 };
const options = { importPackage: () => import('../../src/index.ts') };

// On a software GPU an op takes milliseconds.
describe('output recurrence', () => {
  describeCell('elmanJordan', () => elmanJordan(sizes), options);
  describeCell(
    'elmanJordan with activations',
    () =>
      elmanJordan({ ...sizes, activation: 'sigmoid', outputActivation: 'tanh', recurrentInitializer: 'orthogonal' }),
    options,
  );
  describeCell('jordan, teacher-forced', () => teacherForced(jordan(sizes)), options);
  describeCell('elmanJordan, teacher-forced', () => teacherForced(elmanJordan(sizes)), options);
});
