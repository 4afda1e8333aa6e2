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
  continuousDeque: { makes: 'memory', make: continuousDeque, summary: 'differentiable deque' },
  continuousQueue: { makes: 'memory', make: continuousQueue, summary: 'differentiable queue' },
  continuousStack: { makes: 'memory', make: continuousStack, summary: 'differentiable stack' },
  dncMemory: { makes: 'memory', make: dncMemory, summary: 'neural computer (DNC)' },
  fastWeights: { makes: 'memory', make: fastWeights, summary: 'keys to values' },
  keyValueMemory: { makes: 'memory', make: keyValueMemory, summary: 'a slot for each access' },
  ntmMemory: { makes: 'memory', make: ntmMemory, summary: 'Neural Turing machine' },
  pushPopStack: { makes: 'memory', make: pushPopStack, summary: 'superposition stacks' },
  sparseAccessMemory: { makes: 'memory', make: sparseAccessMemory, summary: 'many slots, few read' },
  tape: { makes: 'memory', make: tape, summary: 'tape with a moving head' },
};
