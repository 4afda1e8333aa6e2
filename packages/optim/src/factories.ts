import type { Factories, OptionType } from '@elman/core';
import { adagrad } from './adagrad.ts';
import { adam, adamw } from './adam.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

const ofAdam = { beta1: 'number', beta2: 'number', epsilon: 'number', amsgrad: 'boolean' } as const;
const ofSgd: { readonly [name: string]: OptionType } = { momentum: 'number', nesterov: 'boolean' };

/** The optimizers of this package, which the command `elman` lists. */
export const factories: Factories = {
  adagrad: {
    makes: 'optimizer',
    make: adagrad,
    options: { initialSum: 'number', epsilon: 'number' },
    summary: 'a rate for each parameter, by the sum of squared gradients',
  },
  adam: { makes: 'optimizer', make: adam, options: ofAdam, summary: 'moments of gradients and of their squares' },
  adamw: {
    makes: 'optimizer',
    make: adamw,
    options: { ...ofAdam, weightDecay: 'number' },
    summary: 'Adam with decoupled weight decay',
  },
  momentum: {
    makes: 'optimizer',
    make: sgd,
    options: ofSgd,
    defaults: { momentum: 0.9 },
    summary: 'gradient descent with momentum',
  },
  rmsprop: {
    makes: 'optimizer',
    make: rmsprop,
    options: { decay: 'number', epsilon: 'number', momentum: 'number', centered: 'boolean' },
    summary: 'a rate for each parameter, by the mean of squared gradients',
  },
  sgd: { makes: 'optimizer', make: sgd, options: ofSgd, summary: 'gradient descent' },
};
