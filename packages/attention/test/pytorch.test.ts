import { type Attention, type Frame, type Sequence, type Tree, tree, valueAndGrad } from '@elman/core';
import { sourceOf } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { add, mul, type Scalar, sum, type Tensor, type Tensor2D, tensor, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/pytorch.json' with { type: 'json' };
import { additiveAttention, multiHeadAttention, multiplicativeAttention } from '../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [name: string]: Numbers };
/** A case of the fixture; see its script. */
type Case = {
  readonly factory: keyof typeof factories;
  readonly options: { readonly heads?: number; readonly score?: string };
  readonly parameters: Named;
  readonly inputs: Named;
  readonly mask: Numbers | null;
  readonly outputs: Named;
  readonly outputWeights: Named;
  readonly gradients: { readonly parameters: Named; readonly inputs: Named };
};

const factories = { multiHeadAttention, additiveAttention, multiplicativeAttention };
const asTensors = (named: Named): { [name: string]: Tensor } =>
  Object.fromEntries(Object.entries(named).map(([name, numbers]) => [name, tensor(numbers as number[])]));

for (const given of fixture.cases as unknown as readonly Case[]) {
  const { factory, options } = given;
  it(`${factory} ${JSON.stringify(options)}${given.mask ? ', masked,' : ''} agrees with PyTorch, with all gradients`, async () => {
    const attention = factories[factory](options as never) as Attention<Tree>;
    const mask = given.mask === null ? undefined : (tensor(given.mask as number[]) as Tensor2D);
    const wanted = asTensors(given.outputs);
    const [byContext, byWeights] = [given.outputWeights.context, given.outputWeights.weights].map((numbers) =>
      tensor(numbers as number[]),
    ) as [Tensor, Tensor];
    const at = { parameters: asTensors(given.parameters) as Tree, inputs: asTensors(given.inputs) };
    const { grads, aux } = valueAndGrad((x: typeof at) => {
      const source = sourceOf(attention, x.parameters, x.inputs.memory as Sequence, mask);
      const before = zeros([...(source.memory.shape.slice(0, 2) as [number, number])]) as Frame;
      const { context, weights } = attention.attend(x.parameters, x.inputs.query as Frame, source, before);
      const loss = add(sum(mul(context, byContext)), sum(mul(weights, byWeights))) as Scalar;
      return { loss, aux: { context, weights } };
    }, at);
    expect(fixture.torch).toMatch(/^2\./);
    await expectTreesClose(aux, wanted, { where: factory });
    await expectTreesClose(
      grads,
      { parameters: asTensors(given.gradients.parameters), inputs: asTensors(given.gradients.inputs) },
      { where: `${factory}: gradients` },
    );
    tree.dispose([at as Tree, grads as Tree, aux, wanted]);
  });
}
