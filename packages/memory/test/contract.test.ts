import { describeMemory } from '@elman/testkit';
import { ntmMemory } from '../src/index.ts';

describeMemory('ntmMemory', () => ntmMemory({ slots: 5, width: 3, reads: 2, writes: 1 }));
describeMemory('ntmMemory with two writers', () => ntmMemory({ slots: 7, width: 2, writes: 2, shifts: 2 }));
