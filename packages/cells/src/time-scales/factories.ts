import type { Factories } from '@elman/core';
import { ACTIVATIONS } from '../activation.ts';
import { clockworkRnn } from './clockwork-rnn.ts';
import { dilated } from './dilated.ts';
import { exponentialTrace } from './exponential-trace.ts';
import { hierarchicalMultiscaleLstm } from './hierarchical-multiscale-lstm.ts';
import { leakyRnn } from './leaky-rnn.ts';
import { phasedLstm } from './phased-lstm.ts';
import { scrn } from './scrn.ts';
import { skipRnn } from './skip-rnn.ts';
import { skipThroughTime } from './skip-through-time.ts';
import { zoneout } from './zoneout.ts';

/** Cells of several time scales. */
export const timeScales: Factories = {
  clockworkRnn: {
    makes: 'cell',
    make: clockworkRnn,
    options: { periods: 'numbers' },
    summary: 'groups of units, each with its own period',
  },
  dilated: {
    makes: 'cell',
    make: dilated,
    parts: ['cell'],
    options: { period: 'number' },
    summary: 'a cell that goes on from several frames ago',
  },
  exponentialTrace: {
    makes: 'cell',
    make: exponentialTrace,
    options: { alpha: 'number', learnAlpha: 'boolean' },
    summary: 'moving averages of the input',
  },
  hierarchicalMultiscaleLstm: {
    makes: 'cell',
    make: hierarchicalMultiscaleLstm,
    options: { layers: 'number', slope: 'number', boundaryBias: 'number' },
    summary: 'layers of LSTM that detect boundaries',
  },
  leakyRnn: {
    makes: 'cell',
    make: leakyRnn,
    options: { activation: ACTIVATIONS, timeConstants: 'number', learnAlpha: 'boolean' },
    summary: 'simple recurrent network of leaky units',
  },
  phasedLstm: {
    makes: 'cell',
    make: phasedLstm,
    options: { periods: 'numbers', openRatio: 'number', leak: 'number' },
    summary: 'LSTM whose units open at learnt periods',
  },
  scrn: {
    makes: 'cell',
    make: scrn,
    options: { contextSize: 'number', alpha: 'number', learnAlpha: 'boolean' },
    summary: 'simple recurrent network with a slow context',
  },
  skipRnn: { makes: 'cell', make: skipRnn, parts: ['cell'], summary: 'a cell that decides which frames to skip' },
  skipThroughTime: {
    makes: 'cell',
    make: skipThroughTime,
    parts: ['cell'],
    partInputSize: ({ inputSize, outputSize, options }) =>
      inputSize + ((options.periods as number[] | undefined)?.length ?? 1) * outputSize,
    options: { periods: 'numbers' },
    summary: 'a cell that also reads its earlier outputs',
  },
  zoneout: {
    makes: 'cell',
    make: zoneout,
    parts: ['cell'],
    options: { rate: 'number' },
    summary: 'a cell whose state keeps some numbers at random',
  },
};
