import type { Factories } from '@elman/core';
import { arrayLstm } from './gated/array-lstm.ts';
import { coupledGateLstm } from './gated/coupled-gate-lstm.ts';
import { gru } from './gated/gru.ts';
import { lstm } from './gated/lstm.ts';
import { lstm1997 } from './gated/lstm-1997.ts';
import { lstmVariant } from './gated/lstm-variant.ts';
import { peepholeLstm } from './gated/peephole-lstm.ts';
import { resetBeforeGru } from './gated/reset-before-gru.ts';
import { lru } from './linear/lru.ts';
import { minGru } from './linear/min-gru.ts';
import { minLstm } from './linear/min-lstm.ts';
import { qrnn } from './linear/qrnn.ts';
import { rgLru } from './linear/rg-lru.ts';
import { sru } from './linear/sru.ts';
import { minimalGatedUnit } from './minimal/minimal-gated-unit.ts';
import { updateGateRnn } from './minimal/update-gate-rnn.ts';
import { multiplicativeIntegrationGru } from './multiplicative/multiplicative-integration-gru.ts';
import { multiplicativeIntegrationLstm } from './multiplicative/multiplicative-integration-lstm.ts';
import { multiplicativeIntegrationRnn } from './multiplicative/multiplicative-integration-rnn.ts';
import { multiplicativeLstm } from './multiplicative/multiplicative-lstm.ts';
import { multiplicativeRnn } from './multiplicative/multiplicative-rnn.ts';
import { layerNormGru } from './normalised/layer-norm-gru.ts';
import { layerNormLstm } from './normalised/layer-norm-lstm.ts';
import { layerNormRnn } from './normalised/layer-norm-rnn.ts';
import { antisymmetricRnn } from './orthogonal/antisymmetric-rnn.ts';
import { orthogonalRnn } from './orthogonal/orthogonal-rnn.ts';
import { unitaryRnn } from './orthogonal/unitary-rnn.ts';
import { elmanJordan } from './simple/elman-jordan.ts';
import { feedForward } from './simple/feed-forward.ts';
import { jordan } from './simple/jordan.ts';
import { simpleRnn } from './simple/simple-rnn.ts';
import { teacherForced } from './simple/teacher-forced.ts';
import { matrixLstm } from './xlstm/matrix-lstm.ts';
import { sLstm } from './xlstm/s-lstm.ts';

const ACTIVATIONS = ['tanh', 'relu', 'sigmoid'] as const;

/** The cells of this package: those that recipes may name and the command `elman` lists. */
export const factories: Factories = {
  arrayLstm: { makes: 'cell', make: arrayLstm, summary: 'LSTM with several memory cells in each unit' },
  antisymmetricRnn: { makes: 'cell', make: antisymmetricRnn, summary: 'Euler steps of a stable differential equation' },
  coupledGateLstm: { makes: 'cell', make: coupledGateLstm, summary: 'LSTM whose input gate is 1 − forget gate (CIFG)' },
  elmanJordan: { makes: 'cell', make: elmanJordan, summary: 'recurrent through its hidden layer and its output' },
  feedForward: { makes: 'cell', make: feedForward, summary: 'a layer without recurrence, to control a memory' },
  gru: { makes: 'cell', make: gru, summary: 'gated recurrent unit, reset after the product' },
  jordan: { makes: 'cell', make: jordan, summary: 'recurrent through its output only' },
  layerNormGru: { makes: 'cell', make: layerNormGru, summary: 'GRU with layer normalisation' },
  layerNormLstm: { makes: 'cell', make: layerNormLstm, summary: 'LSTM with layer normalisation' },
  layerNormRnn: { makes: 'cell', make: layerNormRnn, summary: 'simple recurrent network with layer normalisation' },
import { clockworkRnn } from './time-scales/clockwork-rnn.ts';
import { dilated } from './time-scales/dilated.ts';
import { exponentialTrace } from './time-scales/exponential-trace.ts';
import { hierarchicalMultiscaleLstm } from './time-scales/hierarchical-multiscale-lstm.ts';
import { leakyRnn } from './time-scales/leaky-rnn.ts';
import { phasedLstm } from './time-scales/phased-lstm.ts';
import { scrn } from './time-scales/scrn.ts';
import { skipRnn } from './time-scales/skip-rnn.ts';
import { skipThroughTime } from './time-scales/skip-through-time.ts';
import { zoneout } from './time-scales/zoneout.ts';

/** The cells of this package: those that recipes may name and the command `elman` lists. */
export const factories: Factories = {
  clockworkRnn: { makes: 'cell', make: clockworkRnn, summary: 'groups of units, each with its own period' },
  dilated: {
    makes: 'cell',
    make: dilated,
    parts: ['cell'],
    summary: 'a cell that goes on from several frames ago',
  },
  exponentialTrace: { makes: 'cell', make: exponentialTrace, summary: 'moving averages of the input' },
  feedForward: { makes: 'cell', make: feedForward, summary: 'a layer without recurrence, to control a memory' },
  gru: { makes: 'cell', make: gru, summary: 'gated recurrent unit, reset after the product' },
  hierarchicalMultiscaleLstm: {
    makes: 'cell',
    make: hierarchicalMultiscaleLstm,
    summary: 'layers of LSTM that detect boundaries',
  },
  jordan: { makes: 'cell', make: jordan, summary: 'recurrent through its output only' },
  leakyRnn: { makes: 'cell', make: leakyRnn, summary: 'simple recurrent network of leaky units' },
  lstm: { makes: 'cell', make: lstm, summary: 'long short-term memory' },
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
    summary: 'LSTM whose recurrent weights depend on the input',
  },
  multiplicativeRnn: {
    makes: 'cell',
    make: multiplicativeRnn,
    summary: 'recurrent weights that depend on the input, factored',
  },
  lru: { makes: 'cell', make: lru, summary: 'linear recurrent unit: diagonal, complex, parallel in time' },
  matrixLstm: { makes: 'cell', make: matrixLstm, summary: 'mLSTM of xLSTM: LSTM whose memory is a matrix' },
  minGru: { makes: 'cell', make: minGru, summary: 'minimal GRU, parallel in time' },
  minimalGatedUnit: { makes: 'cell', make: minimalGatedUnit, summary: 'GRU whose two gates are one' },
  minLstm: { makes: 'cell', make: minLstm, summary: 'minimal LSTM, parallel in time' },
  lstm1997: { makes: 'cell', make: lstm1997, summary: 'LSTM without forget gates' },
  lstmVariant: { makes: 'cell', make: lstmVariant, summary: 'LSTM with parts left out or added (Greff et al. 2017)' },
  feedForward: {
    makes: 'cell',
    make: feedForward,
    options: { activation: ACTIVATIONS },
    summary: 'a layer without recurrence, to control a memory',
  },
  gru: {
    makes: 'cell',
    make: gru,
    options: { chrono: 'number' },
    summary: 'gated recurrent unit, reset after the product',
  },
  jordan: {
    makes: 'cell',
    make: jordan,
    options: { outputSize: 'number', activation: ACTIVATIONS, outputActivation: ['linear', ...ACTIVATIONS] },
    summary: 'recurrent through its output only',
  },
  lstm: { makes: 'cell', make: lstm, options: { chrono: 'number' }, summary: 'long short-term memory' },
  orthogonalRnn: { makes: 'cell', make: orthogonalRnn, summary: 'recurrent by a product of reflections' },
  peepholeLstm: { makes: 'cell', make: peepholeLstm, summary: 'LSTM whose gates see the memory cells' },
  qrnn: { makes: 'cell', make: qrnn, summary: 'quasi-recurrent: a convolution, pooled over time' },
  phasedLstm: { makes: 'cell', make: phasedLstm, summary: 'LSTM whose units open at learnt periods' },
  resetBeforeGru: { makes: 'cell', make: resetBeforeGru, summary: 'gated recurrent unit, reset before the product' },
  rgLru: { makes: 'cell', make: rgLru, summary: 'real-gated linear recurrent unit (Griffin), parallel in time' },
  sLstm: { makes: 'cell', make: sLstm, summary: 'sLSTM of xLSTM: LSTM with exponential gates' },
  scrn: { makes: 'cell', make: scrn, summary: 'simple recurrent network with a slow context' },
  simpleRnn: { makes: 'cell', make: simpleRnn, summary: 'simple recurrent network (Elman 1990)' },
  sru: { makes: 'cell', make: sru, summary: 'simple recurrent unit, with a highway connection' },
  updateGateRnn: { makes: 'cell', make: updateGateRnn, summary: 'simple recurrent network with one update gate' },
  teacherForced: { makes: 'cell', make: teacherForced, parts: ['cell'] },
  simpleRnn: {
    makes: 'cell',
    make: simpleRnn,
    options: { activation: ACTIVATIONS },
    summary: 'simple recurrent network (Elman 1990)',
  skipRnn: { makes: 'cell', make: skipRnn, parts: ['cell'], summary: 'a cell that decides which frames to skip' },
  skipThroughTime: {
    makes: 'cell',
    make: skipThroughTime,
    parts: ['cell'],
    summary: 'a cell that also reads its earlier output',
  },
  zoneout: {
    makes: 'cell',
    make: zoneout,
    parts: ['cell'],
    summary: 'a cell whose state keeps some numbers at random',
  },
  unitaryRnn: { makes: 'cell', make: unitaryRnn, summary: 'complex, with a unitary recurrent matrix' },
};
