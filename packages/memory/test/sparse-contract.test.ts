import { describeMemory } from '@elman/testkit';
import { fastWeights, keyValueMemory, sparseAccessMemory } from '../src/index.ts';

describeMemory('fastWeights that add up', () => fastWeights({ keySize: 3, valueSize: 4 }));
describeMemory('fastWeights that correct', () => fastWeights({ keySize: 3, valueSize: 2, rule: 'delta' }));
describeMemory('fastWeights of sums of 1', () =>
  fastWeights({ keySize: 3, valueSize: 2, rule: 'delta', features: 'elu', decay: 0.9, normalized: true }),
);
describeMemory('sparseAccessMemory', () => sparseAccessMemory({ slots: 4, width: 5, reads: 2, nearest: 2 }));
describeMemory('sparseAccessMemory of all slots', () => sparseAccessMemory({ slots: 3, width: 4, nearest: 3 }));
describeMemory('keyValueMemory', () => keyValueMemory({ slots: 3, keySize: 2, valueSize: 4 }));
describeMemory('keyValueMemory of what is used', () =>
  keyValueMemory({ slots: 6, keySize: 3, valueSize: 2, reads: 2, replaces: 'leastRecentlyUsed' }),
);
