import { describeMemory } from '@elman/testkit';
import { fastWeights, keyValueMemory, sparseAccessMemory } from '../src/index.ts';

describeMemory('fastWeights that add up', () => fastWeights({ keySize: 3, valueSize: 4 }));
describeMemory('fastWeights that correct', () => fastWeights({ keySize: 3, valueSize: 2, rule: 'delta' }));
describeMemory('keyValueMemory', () =>
  keyValueMemory({ slots: 6, keySize: 3, valueSize: 2, reads: 2, replaces: 'leastRecentlyUsed' }),
);
describeMemory('sparseAccessMemory', () => sparseAccessMemory({ slots: 4, width: 5, reads: 2, nearest: 2 }));
