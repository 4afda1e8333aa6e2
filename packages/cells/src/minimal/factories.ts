import type { Factories } from '@elman/core';
import { ACTIVATIONS } from '../activation.ts';
import { minimalGatedUnit } from './minimal-gated-unit.ts';
import { updateGateRnn } from './update-gate-rnn.ts';

/** Small cells with gates. */
export const minimal: Factories = {
  minimalGatedUnit: { makes: 'cell', make: minimalGatedUnit, summary: 'GRU whose two gates are one' },
  updateGateRnn: {
    makes: 'cell',
    make: updateGateRnn,
    options: { activation: ACTIVATIONS },
    summary: 'simple recurrent network with one update gate',
  },
};
