import { type Frame, type Memory, Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { describeMemory } from '@elman/testkit';
import { addN, type Scalar, sum } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { dncMemory, ntmMemory } from '../src/index.ts';

describeMemory('ntmMemory', () => ntmMemory({ slots: 5, width: 3, reads: 2, writes: 1 }));
describeMemory('ntmMemory with two writers', () => ntmMemory({ slots: 7, width: 2, writes: 2, shifts: 2 }));
// At other scales two usages are so close that a finite difference changes their order, where the allocation jumps;
// dnc-pytorch.test.ts tests the gradients in any order.
describeMemory('dncMemory', () => dncMemory({ slots: 5, width: 3, reads: 2 }), { scale: 1.2 });
describeMemory('dncMemory without links', () => dncMemory({ slots: 5, width: 3, reads: 2, links: false }), {
  scale: 1.2,
});

const empty = {
  ntm: ntmMemory({ slots: 5, width: 4, reads: 2, initialValue: 0 }) as unknown as Memory<Tree>,
  dnc: dncMemory({ slots: 5, width: 4, reads: 2 }) as unknown as Memory<Tree>,
};
it.each(Object.entries(empty))(
  'huge commands leave an empty memory finite, and its gradients: %s',
  async (_, memory) => {
    const command = Rng.seeded(1).tensor([3, memory.interfaceSize], (r) => 1e4 * r.normal()) as Frame;
    const { value, grads } = valueAndGrad(
      (given: { readonly state: Tree; readonly command: Frame }) => {
        const { read, state } = memory.access(given.state, given.command);
        return { loss: addN([read, ...tree.leaves(state)].map((x) => sum(x))) as Scalar, aux: [] };
      },
      { state: memory.initialState(3), command },
    );
    for (const leaf of tree.leaves([value, grads as Tree])) {
      expect((await leaf.data()).every(Number.isFinite)).toBe(true);
    }
  },
);
