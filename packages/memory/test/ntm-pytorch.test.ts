import { type Frame, type Tree, valueAndGrad } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { addN, mul, type Scalar, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/ntm.json' with { type: 'json' };
import { type NtmMemoryState, ntmMemory } from '../src/index.ts';

type Numbers = readonly (number | Numbers)[];
type Named = { readonly [name: string]: Numbers };

const asTensors = (named: Named): { [name: string]: Tensor } =>
  Object.fromEntries(Object.entries(named).map(([name, numbers]) => [name, tensor(numbers as number[])]));

for (const { sizes, inputs, outputs, outputWeights, gradients } of fixture.cases) {
  it(`an access equals PyTorch, with its gradients: ${JSON.stringify(sizes)}`, async () => {
    expect(fixture.torch).toMatch(/^2\./);
    const machine = ntmMemory(sizes);
    const by = asTensors(outputWeights);
    const { grads, aux } = valueAndGrad(
      ({ command, ...state }) => {
        const { read, state: after } = machine.access(state as NtmMemoryState, command as Frame);
        const results: { [name: string]: Tensor } = { read, ...after };
        const terms = Object.entries(results).map(([name, x]) => sum(mul(x, by[name] as Tensor)));
        return { loss: addN(terms) as Scalar, aux: results as Tree };
      },
      asTensors(inputs) as { [name: string]: Tensor },
    );
    const closeness = { relative: 1e-4, absolute: 1e-5 };
    await expectTreesClose(aux, asTensors(outputs), { ...closeness, where: 'access' });
    await expectTreesClose(grads, asTensors(gradients), { ...closeness, where: 'gradients' });
  });
}
