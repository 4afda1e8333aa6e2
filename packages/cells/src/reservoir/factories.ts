import type { Factories } from '@elman/core';
import { echoState } from './echo-state.ts';

/** Cells whose weights are drawn, not trained. */
export const reservoir: Factories = {
  echoState: {
    makes: 'cell',
    make: echoState,
    options: {
      leak: 'number',
      spectralRadius: 'number',
      density: 'number',
      inputScale: 'number',
      biasScale: 'number',
    },
    summary: 'reservoir of an echo state network',
  },
};
