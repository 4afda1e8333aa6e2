import type { Factories } from '@elman/core';
import { antisymmetricRnn } from './antisymmetric-rnn.ts';
import { orthogonalRnn } from './orthogonal-rnn.ts';
import { unitaryRnn } from './unitary-rnn.ts';

/** Cells that keep norms. */
export const orthogonal: Factories = {
  antisymmetricRnn: {
    makes: 'cell',
    make: antisymmetricRnn,
    options: { stepSize: 'number', diffusion: 'number', gated: 'boolean' },
    summary: 'Euler steps of a stable differential equation',
  },
  orthogonalRnn: {
    makes: 'cell',
    make: orthogonalRnn,
    options: { reflections: 'number', activation: ['modrelu', 'tanh', 'relu', 'linear'] },
    summary: 'recurrent by a product of reflections',
  },
  unitaryRnn: {
    makes: 'cell',
    make: unitaryRnn,
    options: { permutationSeed: 'number' },
    summary: 'complex, with a unitary recurrent matrix',
  },
};
