import type { Factories } from '@elman/core';
import { continuousDeque } from './continuous-deque.ts';
import { continuousQueue } from './continuous-queue.ts';
import { continuousStack } from './continuous-stack.ts';
import { dncMemory } from './dnc.ts';
import { fastWeights } from './fast-weights.ts';
import { keyValueMemory } from './key-value-memory.ts';
import { ntmMemory } from './ntm.ts';
import { pushPopStack } from './push-pop-stack.ts';
import { sparseAccessMemory } from './sparse-access-memory.ts';
import { tape } from './tape.ts';

/** The memories of this package, which recipes may name and the command `elman` lists. */
export const factories: Factories = {
  continuousDeque: {
    makes: 'memory',
    make: continuousDeque,
    options: { capacity: 'number', size: 'number', hard: 'boolean' },
    defaults: { capacity: 64, size: 16 },
    summary: 'differentiable deque',
  },
  continuousQueue: {
    makes: 'memory',
    make: continuousQueue,
    options: { capacity: 'number', size: 'number', hard: 'boolean' },
    defaults: { capacity: 64, size: 16 },
    summary: 'differentiable queue',
  },
  continuousStack: {
    makes: 'memory',
    make: continuousStack,
    options: { capacity: 'number', size: 'number', hard: 'boolean' },
    defaults: { capacity: 64, size: 16 },
    summary: 'differentiable stack',
  },
  dncMemory: {
    makes: 'memory',
    make: dncMemory,
    options: { slots: 'number', width: 'number', reads: 'number', links: 'boolean' },
    defaults: { slots: 64, width: 16, reads: 4 },
    summary: 'neural computer (DNC)',
  },
  fastWeights: {
    makes: 'memory',
    make: fastWeights,
    options: {
      keySize: 'number',
      valueSize: 'number',
      rule: ['hebbian', 'delta'],
      decay: 'number',
      rate: 'number',
      features: ['identity', 'softmax', 'elu'],
      normalized: 'boolean',
    },
    defaults: { keySize: 32, valueSize: 32 },
    summary: 'keys to values',
  },
  keyValueMemory: {
    makes: 'memory',
    make: keyValueMemory,
    options: {
      slots: 'number',
      keySize: 'number',
      valueSize: 'number',
      reads: 'number',
      replaces: ['oldest', 'leastRecentlyUsed'],
    },
    defaults: { slots: 128, keySize: 20, valueSize: 20 },
    summary: 'a slot for each access',
  },
  ntmMemory: {
    makes: 'memory',
    make: ntmMemory,
    options: {
      slots: 'number',
      width: 'number',
      reads: 'number',
      writes: 'number',
      shifts: 'number',
      initialValue: 'number',
    },
    defaults: { slots: 128, width: 20 },
    summary: 'Neural Turing machine',
  },
  pushPopStack: {
    makes: 'memory',
    make: pushPopStack,
    options: { depth: 'number', size: 'number', stacks: 'number', reads: 'number', noOp: 'boolean', hard: 'boolean' },
    defaults: { depth: 64, size: 8, stacks: 2, reads: 2 },
    summary: 'superposition stacks',
  },
  sparseAccessMemory: {
    makes: 'memory',
    make: sparseAccessMemory,
    options: { slots: 'number', width: 'number', reads: 'number', nearest: 'number', index: ['linear', 'lsh'] },
    defaults: { slots: 1024, width: 20, reads: 4 },
    summary: 'many slots, few read',
  },
  tape: {
    makes: 'memory',
    make: tape,
    options: { cells: 'number', size: 'number', tapes: 'number', moves: 'numbers', hard: 'boolean' },
    defaults: { cells: 64, size: 16 },
    summary: 'tape with a moving head',
  },
};
