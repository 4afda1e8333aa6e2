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

/** The memories of this package: what recipes may name, and the command `elman` lists. */
export const factories: Factories = {
  continuousDeque: { makes: 'memory', make: continuousDeque, summary: 'deque whose elements have strengths' },
  continuousQueue: { makes: 'memory', make: continuousQueue, summary: 'queue whose elements have strengths' },
  continuousStack: { makes: 'memory', make: continuousStack, summary: 'stack whose elements have strengths' },
  dncMemory: { makes: 'memory', make: dncMemory, summary: 'of a differentiable neural computer' },
  fastWeights: { makes: 'memory', make: fastWeights, summary: 'associative, keys to values' },
  keyValueMemory: { makes: 'memory', make: keyValueMemory, summary: 'a slot for each access, read by key' },
  ntmMemory: { makes: 'memory', make: ntmMemory, summary: 'of a Neural Turing machine' },
  pushPopStack: { makes: 'memory', make: pushPopStack, summary: 'stacks pushed and popped by degrees' },
  sparseAccessMemory: { makes: 'memory', make: sparseAccessMemory, summary: 'reads the few slots most like a key' },
  tape: { makes: 'memory', make: tape, summary: 'a tape with a moving head' },
};
