import {
  add,
  addN,
  div,
  losses,
  minimum,
  mul,
  reshape,
  type Scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  tensor2d,
  tensor3d,
  tidy,
  train,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import type { Setup } from '../protocol.ts';
import type { Workload } from '../workloads.ts';
import { inTurn, randomSums, randomTokens } from './batches.ts';

/** The initialisers and gate activations of all layers here. */
export const INITIAL = { recurrentInitializer: 'glorotUniform', recurrentActivation: 'sigmoid' } as const;

/** Whole training steps: `variableGrads`, the norm of all gradients clipped, `train.adam`. */
export function training({ workload, batches, learningRate, largestNorm }: Setup): () => Promise<number> {
  const model = build(workload);
  const nextLoss = workload.kind === 'adding' ? adding(model, workload, batches) : language(model, workload, batches);
  const optimizer = train.adam(learningRate);
  return async () => {
    const lossOf = nextLoss();
    const value = tidy(() => {
      const { value, grads } = variableGrads(lossOf);
      optimizer.applyGradients(clipped(grads, largestNorm));
      return value;
    });
    const [loss = Number.NaN] = await value.data();
    value.dispose();
    return loss;
  };
}

function build({ kind, cell, hiddenSize, layers: depth, time, vocabSize }: Workload): Sequential {
  const model = sequential();
  const adds = kind === 'adding';
  if (!adds) model.add(layers.dense({ units: hiddenSize, useBias: false, inputShape: [time, vocabSize] }));
  for (let i = 0; i < depth; i++) {
    const inputShape = adds && i === 0 ? { inputShape: [time, 2] } : {};
    const options = { ...INITIAL, ...inputShape, units: hiddenSize, returnSequences: !adds || i < depth - 1 };
    model.add(cell === 'gru' ? layers.gru(options) : layers.lstm(options));
  }
  model.add(layers.dense({ units: adds ? 1 : vocabSize }));
  return model;
}

function language(model: Sequential, workload: Workload, count: number): () => () => Scalar {
  const { batch, time, vocabSize } = workload;
  const next = inTurn(
    randomTokens(workload, count).map(({ inputs, targets }) => ({
      inputs: tensor3d(oneHot(inputs, vocabSize), [batch, time, vocabSize]),
      targets: tensor2d(oneHot(targets, vocabSize), [batch * time, vocabSize]),
    })),
  );
  return () => {
    const { inputs, targets } = next();
    return () => {
      const logits = model.apply(inputs, { training: true }) as Tensor;
      return losses.softmaxCrossEntropy(targets, reshape(logits, [batch * time, vocabSize])) as Scalar;
    };
  };
}

/** One-hot rows. */
function oneHot(tokens: Int32Array, vocabSize: number): Float32Array {
  const rows = new Float32Array(tokens.length * vocabSize);
  for (const [i, token] of tokens.entries()) rows[i * vocabSize + token] = 1;
  return rows;
}

function adding(model: Sequential, workload: Workload, count: number): () => () => Scalar {
  const { batch, time } = workload;
  const next = inTurn(
    randomSums(workload, count).map(({ inputs, targets }) => ({
      inputs: tensor3d(inputs, [batch, time, 2]),
      targets: tensor2d(targets, [batch, 1]),
    })),
  );
  return () => {
    const { inputs, targets } = next();
    return () => losses.meanSquaredError(targets, model.apply(inputs, { training: true }) as Tensor) as Scalar;
  };
}

/** All gradients, by name of variable, scaled down together where their norm is above the limit. */
function clipped(grads: ReturnType<typeof variableGrads>['grads'], limit: number): { name: string; tensor: Tensor }[] {
  const norm = sqrt(addN(Object.values(grads).map((grad) => sum(square(grad)))));
  const scale = minimum(1, div(limit, add(norm, 1e-6)));
  return Object.entries(grads).map(([name, grad]) => ({ name, tensor: mul(grad, scale) }));
}
