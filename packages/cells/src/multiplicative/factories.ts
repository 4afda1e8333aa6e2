import type { Factories } from '@elman/core';
import { multiplicativeIntegrationGru } from './multiplicative-integration-gru.ts';
import { multiplicativeIntegrationLstm } from './multiplicative-integration-lstm.ts';
import { multiplicativeIntegrationRnn } from './multiplicative-integration-rnn.ts';
import { multiplicativeLstm } from './multiplicative-lstm.ts';
import { multiplicativeRnn } from './multiplicative-rnn.ts';

/** Cells that multiply input and state. */
export const multiplicative: Factories = {
  multiplicativeIntegrationGru: {
    makes: 'cell',
    make: multiplicativeIntegrationGru,
    summary: 'GRU whose gates multiply input and state',
  },
  multiplicativeIntegrationLstm: {
    makes: 'cell',
    make: multiplicativeIntegrationLstm,
    summary: 'LSTM whose gates multiply input and state',
  },
  multiplicativeIntegrationRnn: {
    makes: 'cell',
    make: multiplicativeIntegrationRnn,
    summary: 'simple recurrent network that multiplies input and state',
  },
  multiplicativeLstm: {
    makes: 'cell',
    make: multiplicativeLstm,
    options: { factors: 'number' },
    summary: 'LSTM whose recurrent weights depend on the input',
  },
  multiplicativeRnn: {
    makes: 'cell',
    make: multiplicativeRnn,
    options: { factors: 'number' },
    summary: 'recurrent weights that depend on the input, factored',
  },
};
