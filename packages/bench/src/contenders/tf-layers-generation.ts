import {
  add,
  argMax,
  expandDims,
  gather,
  logSoftmax,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
  topk,
  zeros,
} from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Setup } from '../protocol.ts';
import { INITIAL } from './tf-layers-training.ts';

/** Results of a step: the logits [batch, vocabSize] and the state, both owned by the caller. */
type Step = [logits: Tensor2D, h: Tensor2D, c: Tensor2D];

/** Generation of `time` tokens, one by one: a functional model that takes and returns the state of its one LSTM. */
export function generation({ workload }: Setup): () => Promise<number> {
  const { kind, hiddenSize, vocabSize, batch, time } = workload;
  const net = build(hiddenSize, vocabSize);
  const next = (tokens: readonly number[], h: Tensor2D, c: Tensor2D): Step =>
    net.predictOnBatch([tensor2d([...tokens], [batch, 1], 'int32'), h, c]) as Tensor[] as Step;
  const start = (): Tensor2D => zeros([batch, hiddenSize]);

  const greedy = async (): Promise<number> => {
    let [h, c] = [start(), start()];
    let token = 1;
    for (let step = 0; step < time; step++) {
      const [best, nextH, nextC] = tidy(() => {
        const [logits, h1, c1] = next([token], h, c);
        return [argMax(logits, 1) as Tensor, h1, c1] as const;
      });
      [token = 0] = await best.data();
      for (const old of [best, h, c]) old.dispose();
      [h, c] = [nextH, nextC];
    }
    h.dispose();
    c.dispose();
    return token;
  };

  const beam = async (): Promise<number> => {
    let [h, c, scores] = [start(), start(), zeros([batch]) as Tensor1D];
    let tokens = Array.from({ length: batch }, (_, i) => i + 1);
    for (let step = 0; step < time; step++) {
      const [values, indices, nextH, nextC] = tidy(() => {
        const [logits, h1, c1] = next(tokens, h, c);
        const best = topk(reshape(add(logSoftmax(logits), expandDims(scores, 1)), [-1]), batch);
        return [best.values as Tensor1D, best.indices, h1, c1] as const;
      });
      const places = [...(await indices.data())];
      tokens = places.map((place) => place % vocabSize);
      const parents = places.map((place) => Math.floor(place / vocabSize));
      const [keptH, keptC] = tidy(() => {
        const rows = tensor1d(parents, 'int32');
        return [gather(nextH, rows), gather(nextC, rows)] as const;
      });
      for (const old of [h, c, scores, indices, nextH, nextC]) old.dispose();
      [h, c, scores] = [keptH, keptC, values];
    }
    const [best = Number.NaN] = await scores.data();
    for (const old of [h, c, scores]) old.dispose();
    return best;
  };

  return kind === 'beam' ? beam : greedy;
}

function build(hiddenSize: number, vocabSize: number): LayersModel {
  const token = input({ shape: [1], dtype: 'int32' });
  const state = [input({ shape: [hiddenSize] }), input({ shape: [hiddenSize] })];
  const embedded = layers.embedding({ inputDim: vocabSize, outputDim: hiddenSize }).apply(token) as SymbolicTensor;
  const recurrent = layers.lstm({ ...INITIAL, units: hiddenSize, returnState: true });
  const [output, h, c] = recurrent.apply([embedded, ...state]) as SymbolicTensor[];
  const logits = layers.dense({ units: vocabSize }).apply(output as SymbolicTensor) as SymbolicTensor;
  return model({ inputs: [token, ...state], outputs: [logits, h as SymbolicTensor, c as SymbolicTensor] });
}
