import type { Factories } from '@elman/core';
import { additiveAttention } from './additive.ts';
import { localAttention } from './local.ts';
import { locationAwareAttention } from './location-aware.ts';
import { monotonicAttention } from './monotonic.ts';
import { multiHeadAttention } from './multi-head.ts';
import { multiplicativeAttention } from './multiplicative.ts';

/** What recipes may name in this package. */
export const factories: Factories = {
  additiveAttention: { makes: 'attention', make: additiveAttention },
  localAttention: { makes: 'attention', make: localAttention, parts: ['attention'] },
  locationAwareAttention: { makes: 'attention', make: locationAwareAttention },
  monotonicAttention: { makes: 'attention', make: monotonicAttention },
  multiHeadAttention: { makes: 'attention', make: multiHeadAttention },
  multiplicativeAttention: { makes: 'attention', make: multiplicativeAttention },
};
