import type { Factories } from '@elman/core';
import { deepTransitionRnn } from './deep-transition-rnn.ts';
import { recurrentHighway } from './recurrent-highway.ts';

/** Cells that are deep within a frame. */
export const depth: Factories = {
  deepTransitionRnn: {
    makes: 'cell',
    make: deepTransitionRnn,
    options: { transitionDepth: 'number', inputDepth: 'number', outputDepth: 'number', shortcut: 'boolean' },
    summary: 'several layers from one state to the next',
  },
  recurrentHighway: {
    makes: 'cell',
    make: recurrentHighway,
    options: { depth: 'number', transformBias: 'number' },
    summary: 'highway layers from one state to the next',
  },
};
