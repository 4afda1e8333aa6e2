import type { Factories } from '@elman/core';
import { ACTIVATIONS } from '../activation.ts';
import { RECURRENT_OPTIONS } from '../recurrent-initializer.ts';
import { bagOfWords } from './bag-of-words.ts';
import { elmanJordan } from './elman-jordan.ts';
import { feedForward } from './feed-forward.ts';
import { jordan } from './jordan.ts';
import { simpleRnn } from './simple-rnn.ts';
import { teacherForced } from './teacher-forced.ts';
import { withBagOfWords } from './with-bag-of-words.ts';

const JORDAN = {
  outputSize: 'number',
  activation: ACTIVATIONS,
  outputActivation: ['linear', ...ACTIVATIONS],
  ...RECURRENT_OPTIONS,
} as const;

/** Cells without gates. */
export const simple: Factories = {
  bagOfWords: {
    makes: 'cell',
    make: bagOfWords,
    options: { decay: 'number', window: 'number', activation: [...ACTIVATIONS, 'linear'] },
    summary: 'a layer over the mean of the inputs so far',
  },
  elmanJordan: {
    makes: 'cell',
    make: elmanJordan,
    options: JORDAN,
    summary: 'recurrent through its hidden layer and its output',
  },
  feedForward: {
    makes: 'cell',
    make: feedForward,
    options: { activation: ACTIVATIONS, window: 'number', direct: 'boolean' },
    summary: 'a layer over the last frames, without recurrence',
  },
  jordan: { makes: 'cell', make: jordan, options: JORDAN, summary: 'recurrent through its output only' },
  simpleRnn: {
    makes: 'cell',
    make: simpleRnn,
    options: { activation: ACTIVATIONS, ...RECURRENT_OPTIONS },
    summary: 'simple recurrent network (Elman 1990)',
  },
  teacherForced: {
    makes: 'cell',
    make: teacherForced,
    parts: ['cell'],
    summary: 'a cell whose output recurs, given the previous targets',
  },
  withBagOfWords: {
    makes: 'cell',
    make: withBagOfWords,
    parts: ['cell'],
    partInputSize: ({ inputSize, options }) => inputSize * (['input', 'both'].includes(options.to as string) ? 2 : 1),
    options: { decay: 'number', window: 'number', to: ['input', 'output', 'both'] },
    summary: 'a cell beside the mean of the inputs so far',
  },
};
