import type { Factories } from '@elman/core';
import { layerNormGru } from './layer-norm-gru.ts';
import { layerNormLstm } from './layer-norm-lstm.ts';
import { layerNormRnn } from './layer-norm-rnn.ts';

/** Cells with normalisation. */
export const normalised: Factories = {
  layerNormGru: {
    makes: 'cell',
    make: layerNormGru,
    options: { epsilon: 'number' },
    summary: 'GRU with layer normalisation',
  },
  layerNormLstm: {
    makes: 'cell',
    make: layerNormLstm,
    options: { epsilon: 'number' },
    summary: 'LSTM with layer normalisation',
  },
  layerNormRnn: {
    makes: 'cell',
    make: layerNormRnn,
    options: { epsilon: 'number' },
    summary: 'simple recurrent network with layer normalisation',
  },
};
