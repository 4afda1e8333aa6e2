import type { Factories } from '@elman/core';
import { batchNormLstm } from './batch-norm-lstm.ts';
import { layerNormGru } from './layer-norm-gru.ts';
import { layerNormLstm } from './layer-norm-lstm.ts';
import { layerNormRnn } from './layer-norm-rnn.ts';

/** Cells with normalisation. */
export const normalised: Factories = {
  batchNormLstm: {
    makes: 'cell',
    make: batchNormLstm,
    options: { epsilon: 'number', frames: 'number' },
    summary: 'LSTM with recurrent batch normalisation',
  },
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
