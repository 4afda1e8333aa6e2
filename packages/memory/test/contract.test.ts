import { describeMemory } from '@elman/testkit';
import { dncMemory, ntmMemory } from '../src/index.ts';

describeMemory('ntmMemory', () => ntmMemory({ slots: 5, width: 3, reads: 2, writes: 1 }));
describeMemory('ntmMemory with two writers', () => ntmMemory({ slots: 7, width: 2, writes: 2, shifts: 2 }));
// At other scales two usages are so close that a finite difference changes their order, where the allocation jumps;
// dnc-pytorch.test.ts tests the gradients in any order.
describeMemory('dncMemory', () => dncMemory({ slots: 5, width: 3, reads: 2 }), { scale: 1.2 });
describeMemory('dncMemory without links', () => dncMemory({ slots: 5, width: 3, reads: 2, links: false }), {
  scale: 1.2,
});
