import type { Factories } from '@elman/core';
import { deepTransitionRnn } from './deep-transition-rnn.ts';
import { gatedFeedbackRnn } from './gated-feedback-rnn.ts';
import { UNITS } from './gated-feedback-units.ts';
import { gridLstm } from './grid-lstm.ts';
import { recurrentHighway } from './recurrent-highway.ts';

/** Cells that are deep within a frame, or of several layers. */
export const depth: Factories = {
  deepTransitionRnn: {
    makes: 'cell',
    make: deepTransitionRnn,
    options: { transitionDepth: 'number', inputDepth: 'number', outputDepth: 'number', shortcut: 'boolean' },
    summary: 'several layers from one state to the next',
  },
  gatedFeedbackRnn: {
    makes: 'cell',
    make: gatedFeedbackRnn,
    options: { layers: 'number', unit: Object.keys(UNITS) },
    summary: 'layers that read the previous states of all layers, through gates',
  },
  gridLstm: {
    makes: 'cell',
    make: gridLstm,
    options: { layers: 'number', tied: 'boolean' },
    summary: 'layers of LSTM with memory cells along depth, too',
  },
  recurrentHighway: {
    makes: 'cell',
    make: recurrentHighway,
    options: { depth: 'number', transformBias: 'number' },
    summary: 'highway layers from one state to the next',
  },
};
