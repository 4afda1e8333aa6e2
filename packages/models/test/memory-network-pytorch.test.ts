import { type Tree, valueAndGrad } from '@elman/core';
import type { StoryBatch } from '@elman/data';
import { expectTreesClose } from '@elman/testkit';
import { expandDims, mul, scalar, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/memory-network.json' with { type: 'json' };
import { type MemoryNetworkOptions, type MemoryNetworkParams, memoryNetwork } from '../src/index.ts';

type Numbers = number | readonly Numbers[];
type Named = { readonly [path: string]: Numbers };
/** A case of the fixture; see its script. */
type Case = {
  readonly options: MemoryNetworkOptions;
  readonly params: Named;
  readonly logits: Numbers;
  readonly weights: Numbers;
  readonly loss: number;
  readonly gradients: Named;
};

const tensorOf = (numbers: Numbers, dtype: 'float32' | 'int32' = 'float32'): Tensor =>
  tensor(numbers as number[], undefined, dtype);

function paramsOf(named: Named): MemoryNetworkParams {
  const under = (prefix: string) =>
    Object.fromEntries(
      Object.entries(named).flatMap(([path, numbers]) =>
        path.startsWith(prefix) ? [[path.slice(prefix.length), tensorOf(numbers)]] : [],
      ),
    );
  const { embeddings, times = {} } = under('') as { [name: string]: Tensor };
  return { embeddings, times, layerwise: under('layerwise.') } as unknown as MemoryNetworkParams;
}

const batchOf = ({ sentences, mask, questions, targets }: typeof fixture.batch): StoryBatch =>
  ({
    sentences: tensorOf(sentences, 'int32'),
    mask: tensorOf(mask),
    questions: tensorOf(questions, 'int32'),
    targets: tensorOf(targets, 'int32'),
  }) as unknown as StoryBatch;

for (const given of fixture.cases as unknown as readonly Case[]) {
  const { vocabulary, embeddingSize, memorySize, ...shown } = given.options;
  it(`memoryNetwork ${JSON.stringify(shown)} equals PyTorch, with all gradients`, async () => {
    expect(fixture.torch).toMatch(/^2\./);
    const model = memoryNetwork(given.options);
    const params = paramsOf(given.params);
    const batch = batchOf(fixture.batch);
    const { value, grads, aux } = valueAndGrad((p: MemoryNetworkParams) => {
      const { loss } = model.loss(p, batch, []);
      return { loss, aux: model.read(p, batch) };
    }, params);
    const real = expandDims(batch.mask, 1);
    const seen = { logits: aux.logits, weights: mul(aux.weights, real), loss: value };
    const wanted = { logits: tensorOf(given.logits), weights: tensorOf(given.weights), loss: scalar(given.loss) };
    await expectTreesClose(seen, wanted, { where: 'read' });
    await expectTreesClose(grads as Tree, paramsOf(given.gradients) as Tree, { where: 'gradients' });
  });
}
