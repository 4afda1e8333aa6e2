import { describeCell } from '@elman/testkit';
import { describe } from 'vitest';
import { bagOfWords, elmanJordan, feedForward, jordan, lstm, teacherForced, withBagOfWords } from '../../src/index.ts';

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

describe('windows and bags', () => {
  const of = { inputSize: 3, hiddenSize: 4 };
  describeCell('feedForward over three frames', () => feedForward({ ...of, window: 3, activation: 'tanh' }), options);
  describeCell('feedForward with direct connections', () => feedForward({ ...of, window: 2, direct: true }), options);
  describeCell('bagOfWords', () => bagOfWords(of), options);
  describeCell('bagOfWords of a window', () => bagOfWords({ ...of, window: 2, activation: 'linear' }), options);
  describeCell('withBagOfWords', () => withBagOfWords(lstm(of), { decay: 0.5 }), options);
  describeCell(
    'withBagOfWords beside input and output',
    () => withBagOfWords(lstm({ inputSize: 6, hiddenSize: 4 }), { window: 3, to: 'both' }),
    options,
  );
});
