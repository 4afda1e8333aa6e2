import type { Factories } from '@elman/core';
import { deepTransitionRnn } from './depth/deep-transition-rnn.ts';
import { recurrentHighway } from './depth/recurrent-highway.ts';
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
import { matrixLstm } from './xlstm/matrix-lstm.ts';
import { sLstm } from './xlstm/s-lstm.ts';

const ACTIVATIONS = ['tanh', 'relu', 'sigmoid'] as const;
const FORGET_GATES = ['sigmoid', 'exponential'] as const;
/** Of a recurrent kernel. */
const RECURRENT = { recurrentInitializer: ['uniform', 'orthogonal', 'identity'], recurrentScale: 'number' } as const;
const JORDAN = {
  outputSize: 'number',
  activation: ACTIVATIONS,
  outputActivation: ['linear', ...ACTIVATIONS],
  ...RECURRENT,
} as const;

/** The cells of this package: those that recipes may name and the command `elman` lists. */
export const factories: Factories = {
  antisymmetricRnn: {
    makes: 'cell',
    make: antisymmetricRnn,
    options: { stepSize: 'number', diffusion: 'number', gated: 'boolean' },
    summary: 'Euler steps of a stable differential equation',
  },
  arrayLstm: {
    makes: 'cell',
    make: arrayLstm,
    options: { cells: 'number' },
    summary: 'LSTM with several memory cells in each unit',
  },
  clockworkRnn: {
    makes: 'cell',
    make: clockworkRnn,
    options: { periods: 'numbers' },
    summary: 'groups of units, each with its own period',
  },
  coupledGateLstm: {
    makes: 'cell',
    make: coupledGateLstm,
    options: RECURRENT,
    summary: 'LSTM whose input gate is 1 − forget gate (CIFG)',
  },
  deepTransitionRnn: {
    makes: 'cell',
    make: deepTransitionRnn,
    options: { transitionDepth: 'number', inputDepth: 'number', outputDepth: 'number', shortcut: 'boolean' },
    summary: 'several layers from one state to the next',
  },
  elmanJordan: {
    makes: 'cell',
    make: elmanJordan,
    options: JORDAN,
    summary: 'recurrent through its hidden layer and its output',
  },
  exponentialTrace: {
    makes: 'cell',
    make: exponentialTrace,
    options: { alpha: 'number', learnAlpha: 'boolean' },
    summary: 'moving averages of the input',
  },
  feedForward: {
    makes: 'cell',
    make: feedForward,
    options: { activation: ACTIVATIONS },
    summary: 'a layer without recurrence, to control a memory',
  },
  gru: {
    makes: 'cell',
    make: gru,
    options: { chrono: 'number', ...RECURRENT },
    summary: 'gated recurrent unit, reset after the product',
  },
  hierarchicalMultiscaleLstm: {
    makes: 'cell',
    make: hierarchicalMultiscaleLstm,
    options: { layers: 'number', slope: 'number' },
    summary: 'layers of LSTM that detect boundaries',
  },
  jordan: { makes: 'cell', make: jordan, options: JORDAN, summary: 'recurrent through its output only' },
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
  leakyRnn: {
    makes: 'cell',
    make: leakyRnn,
    options: { activation: ACTIVATIONS, timeConstants: 'number', learnAlpha: 'boolean' },
    summary: 'simple recurrent network of leaky units',
  },
  lru: {
    makes: 'cell',
    make: lru,
    options: { outputSize: 'number', rMin: 'number', rMax: 'number', maxPhase: 'number' },
    summary: 'linear recurrent unit: diagonal, complex, parallel in time',
  },
  lstm: { makes: 'cell', make: lstm, options: { chrono: 'number', ...RECURRENT }, summary: 'long short-term memory' },
  lstm1997: { makes: 'cell', make: lstm1997, options: RECURRENT, summary: 'LSTM without forget gates' },
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
      ...RECURRENT,
    },
    summary: 'LSTM with parts left out or added (Greff et al. 2017)',
  },
  matrixLstm: {
    makes: 'cell',
    make: matrixLstm,
    options: { forgetGate: FORGET_GATES },
    summary: 'mLSTM of xLSTM: LSTM whose memory is a matrix',
  },
  minGru: { makes: 'cell', make: minGru, options: { positive: 'boolean' }, summary: 'minimal GRU, parallel in time' },
  minimalGatedUnit: { makes: 'cell', make: minimalGatedUnit, summary: 'GRU whose two gates are one' },
  minLstm: {
    makes: 'cell',
    make: minLstm,
    options: { positive: 'boolean' },
    summary: 'minimal LSTM, parallel in time',
  },
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
  orthogonalRnn: {
    makes: 'cell',
    make: orthogonalRnn,
    options: { reflections: 'number', activation: ['modrelu', 'tanh', 'relu', 'linear'] },
    summary: 'recurrent by a product of reflections',
  },
  peepholeLstm: {
    makes: 'cell',
    make: peepholeLstm,
    options: RECURRENT,
    summary: 'LSTM whose gates see the memory cells',
  },
  phasedLstm: {
    makes: 'cell',
    make: phasedLstm,
    options: { periods: 'numbers', openRatio: 'number', leak: 'number' },
    summary: 'LSTM whose units open at learnt periods',
  },
  qrnn: {
    makes: 'cell',
    make: qrnn,
    options: { window: 'number' },
    summary: 'quasi-recurrent: a convolution, pooled over time',
  },
  recurrentHighway: {
    makes: 'cell',
    make: recurrentHighway,
    options: { depth: 'number', transformBias: 'number' },
    summary: 'highway layers from one state to the next',
  },
  resetBeforeGru: {
    makes: 'cell',
    make: resetBeforeGru,
    options: RECURRENT,
    summary: 'gated recurrent unit, reset before the product',
  },
  rgLru: { makes: 'cell', make: rgLru, summary: 'real-gated linear recurrent unit (Griffin), parallel in time' },
  scrn: {
    makes: 'cell',
    make: scrn,
    options: { contextSize: 'number', alpha: 'number', learnAlpha: 'boolean' },
    summary: 'simple recurrent network with a slow context',
  },
  simpleRnn: {
    makes: 'cell',
    make: simpleRnn,
    options: { activation: ACTIVATIONS, ...RECURRENT },
    summary: 'simple recurrent network (Elman 1990)',
  },
  sLstm: {
    makes: 'cell',
    make: sLstm,
    options: { heads: 'number', forgetGate: FORGET_GATES },
    summary: 'sLSTM of xLSTM: LSTM with exponential gates',
  },
  sru: {
    makes: 'cell',
    make: sru,
    options: { peepholes: 'boolean' },
    summary: 'simple recurrent unit, with a highway connection',
  },
  unitaryRnn: {
    makes: 'cell',
    make: unitaryRnn,
    options: { permutationSeed: 'number' },
    summary: 'complex, with a unitary recurrent matrix',
  },
  updateGateRnn: {
    makes: 'cell',
    make: updateGateRnn,
    options: { activation: ACTIVATIONS },
    summary: 'simple recurrent network with one update gate',
  },

  // Around a cell.
  dilated: { makes: 'cell', make: dilated, parts: ['cell'], summary: 'a cell that goes on from several frames ago' },
  skipRnn: { makes: 'cell', make: skipRnn, parts: ['cell'], summary: 'a cell that decides which frames to skip' },
  skipThroughTime: {
    makes: 'cell',
    make: skipThroughTime,
    parts: ['cell'],
    summary: 'a cell that also reads its earlier output',
  },
  teacherForced: {
    makes: 'cell',
    make: teacherForced,
    parts: ['cell'],
    summary: 'a cell whose output recurs, given the previous targets',
  },
  zoneout: {
    makes: 'cell',
    make: zoneout,
    parts: ['cell'],
    summary: 'a cell whose state keeps some numbers at random',
  },
};
