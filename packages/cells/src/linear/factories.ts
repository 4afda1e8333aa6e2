import type { Factories } from '@elman/core';
import { lru } from './lru.ts';
import { minGru } from './min-gru.ts';
import { minLstm } from './min-lstm.ts';
import { qrnn } from './qrnn.ts';
import { rgLru } from './rg-lru.ts';
import { sru } from './sru.ts';

/** Cells that are linear in their state. */
export const linear: Factories = {
  lru: {
    makes: 'cell',
    make: lru,
    options: { outputSize: 'number', rMin: 'number', rMax: 'number', maxPhase: 'number' },
    summary: 'linear recurrent unit: diagonal, complex, parallel in time',
  },
  minGru: { makes: 'cell', make: minGru, options: { positive: 'boolean' }, summary: 'minimal GRU, parallel in time' },
  minLstm: {
    makes: 'cell',
    make: minLstm,
    options: { positive: 'boolean' },
    summary: 'minimal LSTM, parallel in time',
  },
  qrnn: {
    makes: 'cell',
    make: qrnn,
    options: { window: 'number' },
    summary: 'quasi-recurrent: a convolution, pooled over time',
  },
  rgLru: { makes: 'cell', make: rgLru, summary: 'real-gated linear recurrent unit (Griffin), parallel in time' },
  sru: {
    makes: 'cell',
    make: sru,
    options: { peepholes: 'boolean' },
    summary: 'simple recurrent unit, with a highway connection',
  },
};
