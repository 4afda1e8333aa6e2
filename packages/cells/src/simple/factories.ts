import type { Factories } from '@elman/core';
import { ACTIVATIONS } from '../activation.ts';
import { RECURRENT_OPTIONS } from '../recurrent-initializer.ts';
import { elmanJordan } from './elman-jordan.ts';
import { feedForward } from './feed-forward.ts';
import { jordan } from './jordan.ts';
import { simpleRnn } from './simple-rnn.ts';
import { teacherForced } from './teacher-forced.ts';

const JORDAN = {
  outputSize: 'number',
  activation: ACTIVATIONS,
  outputActivation: ['linear', ...ACTIVATIONS],
  ...RECURRENT_OPTIONS,
} as const;

/** Cells without gates. */
export const simple: Factories = {
  elmanJordan: {
    makes: 'cell',
    make: elmanJordan,
    options: JORDAN,
    summary: 'recurrent through its hidden layer and its output',
  },
  feedForward: {
    makes: 'cell',
    make: feedForward,
    options: { activation: ACTIVATIONS },
    summary: 'a layer without recurrence, to control a memory',
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
};
