import type { Factories } from '@elman/core';
import { FORGET_GATES } from './exponential-gates.ts';
import { matrixLstm } from './matrix-lstm.ts';
import { sLstm } from './s-lstm.ts';

/** The cells of xLSTM. */
export const xlstm: Factories = {
  matrixLstm: {
    makes: 'cell',
    make: matrixLstm,
    options: { forgetGate: FORGET_GATES },
    summary: 'mLSTM of xLSTM: LSTM whose memory is a matrix',
  },
  sLstm: {
    makes: 'cell',
    make: sLstm,
    options: { heads: 'number', forgetGate: FORGET_GATES },
    summary: 'sLSTM of xLSTM: LSTM with exponential gates',
  },
};
