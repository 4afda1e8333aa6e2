import { Rng, type TokenModel, type Tree, tree } from '@elman/core';
import { generate } from '@elman/decoding';
import { languageModel } from '@elman/models';
import {
  add,
  expandDims,
  logSoftmax,
  reshape,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  topk,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Setup } from '../protocol.ts';
import { cellOf } from './ours-model.ts';

/** Generation of `time` tokens, one by one, from the initial state. */
export function generation({ workload }: Setup): () => Promise<number> {
  const model = languageModel(cellOf(workload), workload);
  const bound = model.bind(model.init(Rng.seeded(2))) as TokenModel<Tree>;
  const { kind, time, batch } = workload;
  if (kind === 'beam') return () => beam(bound, batch, time);
  const prompts = [[1]];
  return async () => {
    const [tokens] = await generate({ model: bound, prompts, maximumTokens: time, temperature: 0 });
    return tokens?.at(-1) ?? Number.NaN;
  };
}

/** Beam search: of all continuations of all hypotheses the `width` most likely, `time` times. Returns the best score. */
async function beam(model: TokenModel<Tree>, width: number, time: number): Promise<number> {
  let state = model.initialState(width);
  let scores: Tensor1D = zeros([width]);
  let tokens = Array.from({ length: width }, (_, i) => i + 1);
  for (let step = 0; step < time; step++) {
    const best = tree.tidy(() => {
      const { logits, state: next } = model.next(state, tensor1d(tokens, 'int32'));
      const all: Tensor2D = add(logSoftmax(logits), expandDims(scores, 1));
      const { values, indices } = topk(reshape(all, [-1]), width);
      return { scores: values as Tensor1D, indices, next };
    });
    const places = [...(await best.indices.data())];
    tokens = places.map((place) => place % model.vocabSize);
    const parents = places.map((place) => Math.floor(place / model.vocabSize));
    const kept = tree.tidy(() => tree.gather(best.next, tensor1d(parents, 'int32')));
    tree.dispose([state, scores, best.indices, best.next]);
    [state, scores] = [kept, best.scores];
  }
  const [best = Number.NaN] = await scores.data();
  tree.dispose([state, scores]);
  return best;
}
