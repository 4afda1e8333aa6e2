import { type Frame, type Memory, type Tree, tree, valueAndGrad } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { addN, mul, type Scalar, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/dnc.json' with { type: 'json' };
import { type DncMemoryOptions, dncMemory } from '../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [name: string]: Numbers };
/** A case of the fixture; see its script. */
type Case = {
  readonly options: DncMemoryOptions;
  readonly state: Named;
  readonly commands: readonly Numbers[];
  readonly reads: readonly Numbers[];
  readonly last: Named;
  readonly weights: { readonly reads: readonly Numbers[]; readonly last: Named };
  readonly gradients: { readonly state: Named; readonly commands: readonly Numbers[] };
};

/** Nested lists of numbers as a tree of tensors, branching at objects and at lists of commands or reads. */
const tensors = (named: Named): { [name: string]: Tensor } =>
  Object.fromEntries(Object.entries(named).map(([name, numbers]) => [name, tensor(numbers as number[])]));
const each = (list: readonly Numbers[]): Tensor[] => list.map((numbers) => tensor(numbers as number[]));

for (const given of fixture.cases as unknown as readonly Case[]) {
  const { options, commands } = given;
  const links = options.links === false ? 'without links' : 'with links';
  it(`${commands.length} accesses ${links} equal PyTorch, with all gradients`, async () => {
    const memory = dncMemory(options) as Memory<Tree>;
    const weights = { reads: each(given.weights.reads), last: tensors(given.weights.last) };
    const at = { state: tensors(given.state), commands: each(commands) };
    const { grads, aux } = valueAndGrad((x: typeof at) => {
      let last: Tree = x.state;
      const reads = x.commands.map((command) => {
        const next = memory.access(last, command as Frame);
        last = next.state;
        return next.read;
      });
      const products = tree.leaves(tree.zip({ reads, last } as Tree, weights as Tree, (a, b) => mul(a, b)));
      return { loss: addN(products.map((product) => sum(product))) as Scalar, aux: { reads, last } as Tree };
    }, at);
    expect(fixture.torch).toMatch(/^2\./);
    await expectTreesClose(aux, { reads: each(given.reads), last: tensors(given.last) }, { where: 'dncMemory' });
    const wanted = { state: tensors(given.gradients.state), commands: each(given.gradients.commands) };
    await expectTreesClose(grads as Tree, wanted, { where: 'dncMemory: gradients' });
  });
}
