import type { Factories } from '@elman/core';
import { additiveAttention } from './additive.ts';
import { localAttention } from './local.ts';
import { locationAwareAttention } from './location-aware.ts';
import { monotonicAttention } from './monotonic.ts';
import { multiHeadAttention } from './multi-head.ts';
import { multiplicativeAttention } from './multiplicative.ts';

/** The attentions of this package, which recipes may name and the command `elman` lists. */
export const factories: Factories = {
  additiveAttention: {
    makes: 'attention',
    make: additiveAttention,
    options: { size: 'number' },
    summary: 'a small network compares query and frame',
  },
  localAttention: {
    makes: 'attention',
    make: localAttention,
    parts: ['attention'],
    summary: 'another attention within a window',
  },
  locationAwareAttention: {
    makes: 'attention',
    make: locationAwareAttention,
    options: { size: 'number', width: 'number', filters: 'number' },
    summary: 'additive, and sees where it looked before',
  },
  monotonicAttention: {
    makes: 'attention',
    make: monotonicAttention,
    options: { size: 'number' },
    summary: 'moves forward only',
  },
  multiHeadAttention: {
    makes: 'attention',
    make: multiHeadAttention,
    options: { size: 'number', heads: 'number' },
    defaults: { heads: 4 },
    summary: 'scaled dot products by several heads',
  },
  multiplicativeAttention: {
    makes: 'attention',
    make: multiplicativeAttention,
    options: { score: ['general', 'dot'], scaled: 'boolean' },
    summary: 'a product of query and frame',
  },
};
