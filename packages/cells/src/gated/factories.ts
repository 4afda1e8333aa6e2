import type { Factories } from '@elman/core';
import { RECURRENT_OPTIONS } from '../recurrent-initializer.ts';
import { arrayLstm } from './array-lstm.ts';
import { coupledGateLstm } from './coupled-gate-lstm.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { lstm1997 } from './lstm-1997.ts';
import { lstmVariant } from './lstm-variant.ts';
import { peepholeLstm } from './peephole-lstm.ts';
import { resetBeforeGru } from './reset-before-gru.ts';

/** Cells with gates. */
export const gated: Factories = {
  arrayLstm: {
    makes: 'cell',
    make: arrayLstm,
    options: { cells: 'number' },
    summary: 'LSTM with several memory cells in each unit',
  },
  coupledGateLstm: {
    makes: 'cell',
    make: coupledGateLstm,
    options: RECURRENT_OPTIONS,
    summary: 'LSTM whose input gate is 1 − forget gate (CIFG)',
  },
  gru: {
    makes: 'cell',
    make: gru,
    options: { chrono: 'number', ...RECURRENT_OPTIONS },
    summary: 'gated recurrent unit, reset after the product',
  },
  lstm: {
    makes: 'cell',
    make: lstm,
    options: { chrono: 'number', ...RECURRENT_OPTIONS },
    summary: 'long short-term memory',
  },
  lstm1997: { makes: 'cell', make: lstm1997, options: RECURRENT_OPTIONS, summary: 'LSTM without forget gates' },
  lstmVariant: {
    makes: 'cell',
    make: lstmVariant,
    options: {
      inputGate: 'boolean',
      forgetGate: 'boolean',
      outputGate: 'boolean',
      inputActivation: ['tanh', 'linear'],
      outputActivation: ['tanh', 'linear'],
      coupledGates: 'boolean',
      peepholes: 'boolean',
      fullGateRecurrence: 'boolean',
      ...RECURRENT_OPTIONS,
    },
    summary: 'LSTM with parts left out or added (Greff et al. 2017)',
  },
  peepholeLstm: {
    makes: 'cell',
    make: peepholeLstm,
    options: RECURRENT_OPTIONS,
    summary: 'LSTM whose gates see the memory cells',
  },
  resetBeforeGru: {
    makes: 'cell',
    make: resetBeforeGru,
    options: RECURRENT_OPTIONS,
    summary: 'gated recurrent unit, reset before the product',
  },
};
