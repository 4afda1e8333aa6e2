import { type Frame, type Memory, type Tree, tree, valueAndGrad } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { mul, type Scalar, stack, sum, type Tensor3D, tensor3d, unstack } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/stacks.json' with { type: 'json' };
import { continuousDeque, continuousQueue, continuousStack, pushPopStack, tape } from '../src/index.ts';

const factories = { continuousDeque, continuousQueue, continuousStack, pushPopStack, tape };

for (const given of fixture.cases) {
  const { factory, options } = given;
  it(`${factory} ${JSON.stringify(options)} reads the same as in PyTorch, with its gradient`, async () => {
    const memory = factories[factory as keyof typeof factories](options as never) as unknown as Memory<Tree>;
    const [commands, readWeights] = [tensor3d(given.commands), tensor3d(given.readWeights)];
    const { grads, aux } = valueAndGrad((x: Tensor3D) => {
      let state = memory.initialState(x.shape[0]);
      const reads = (unstack(x, 1) as Frame[]).map((command) => {
        const next = memory.access(state, command);
        state = next.state;
        return next.read;
      });
      const all = stack(reads, 1);
      return { loss: sum(mul(all, readWeights)) as Scalar, aux: all as Tree };
    }, commands);
    expect(fixture.torch).toMatch(/^2\./);
    await expectTreesClose(aux, tensor3d(given.reads), { where: factory });
    await expectTreesClose(grads, tensor3d(given.gradient), { where: `${factory}: gradient` });
    tree.dispose([commands, readWeights, grads, aux]);
  });
}
