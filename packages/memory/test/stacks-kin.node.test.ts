import { describeMemory } from '@elman/testkit';
import { continuousDeque, continuousQueue, continuousStack, pushPopStack, tape } from '../src/index.ts';

describeMemory('pushPopStack of one place, without noOp', () => pushPopStack({ depth: 1, noOp: false }));
describeMemory('continuousStack', () => continuousStack({ capacity: 5, size: 2 }));
describeMemory('continuousStack of one place', () => continuousStack({ capacity: 1, size: 2 }));
describeMemory('continuousQueue', () => continuousQueue({ capacity: 5, size: 2 }));
describeMemory('continuousDeque of one place', () => continuousDeque({ capacity: 1, size: 1 }));
describeMemory('tape with jumps', () => tape({ cells: 5, size: 1, moves: [-2, 1, 4] }));
