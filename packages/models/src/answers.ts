import { type Batch, expectShape, OptionError, type Task, type Tree, tree } from '@elman/core';
import { expectMask } from '@elman/kernels';
import {
  argMax,
  cast,
  cumsum,
  div,
  equal,
  maximum,
  mean,
  mul,
  notEqual,
  ones,
  type Scalar,
  stack,
  sum,
  type Tensor1D,
  type Tensor2D,
  transpose,
  unstack,
  where,
} from '@tensorflow/tfjs-core';
import type { TaskModel, TaskModelParams } from './task-model.ts';

/** Free-running answers of a net, and their accuracy. */
export type Answers = {
  /** Ids int32 [batch, time]: its answers at unmasked frames, 0 elsewhere. */
  readonly predicted: Tensor2D;
  /** The fraction of rows with all unmasked targets right, 0 to 1. */
  readonly exactMatch: Scalar;
  /** The fraction of unmasked targets that are right, 0 to 1. */
  readonly accuracy: Scalar;
};

/**
 * The net's free-running answers to the questions of a batch: after a row's question its inputs are its own
 * predictions, not the targets (as in training and in `model.outputs`: teacher forcing).
 *
 *   fedₜ  = inputsₜ    up to the first unmasked target of the row
 *         = saidₜ₋₁    after it
 *   saidₜ = argmax yₜ
 *
 * Rows may have questions and answers of different lengths. Nothing is read from the device.
 *
 * @throws {OptionError} if the task's answers are not ids that follow a question (`isGenerative`).
 * @throws {ShapeError} if the batch is none of ids [batch, time].
 */
export function answers<P extends Tree, S extends Tree>(
  model: TaskModel<P, S>,
  params: TaskModelParams<P>,
  { inputs, targets, mask }: Batch,
): Answers {
  const { task } = model;
  expectAnswers(task, inputs.dtype);
  const [batch, time] = inputs.shape as [number, number];
  const axes = { batch, time };
  for (const [name, tensor] of Object.entries({ inputs, targets })) expectShape('answers', name, tensor, axes);
  if (mask !== undefined) {
    expectShape('answers', 'mask', mask, axes);
    expectMask('answers', 'mask', mask);
  }
  return tree.tidy(() => {
    const counts: Tensor2D = mask === undefined ? ones([batch, time]) : cast(notEqual(mask, 0), 'float32');
    const predicted: Tensor2D = mul(freeRun(model, params, inputs as Tensor2D, counts), cast(counts, 'int32'));
    const right = mul(cast(equal(predicted, targets), 'float32'), counts);
    const [wanted, found] = [sum(counts, 1), sum(right, 1)];
    return {
      predicted,
      exactMatch: mean(cast(equal(found, wanted), 'float32')) as Scalar,
      accuracy: div(sum(found), maximum(sum(wanted), 1)) as Scalar,
    };
  });
}

function expectAnswers({ name, isGenerative, targets, inputSize, outputSize }: Task, dtype: string): void {
  if (isGenerative === true && targets === 'ids' && dtype === 'int32' && outputSize <= inputSize) return;
  throw new OptionError(
    `answers: task: expected a generative one, with ids after a question, got ${name}; use outputs().`,
  );
}

/** The predictions at every frame: int32 [batch, time]. */
function freeRun<P extends Tree, S extends Tree>(
  model: TaskModel<P, S>,
  params: TaskModelParams<P>,
  inputs: Tensor2D,
  counts: Tensor2D,
): Tensor2D {
  const bound = model.bind(params);
  const given = unstack(transpose(inputs)) as Tensor1D[];
  // Whether a target before the frame was unmasked.
  const own = unstack(transpose(notEqual(cumsum(counts, 1, true), 0))) as Tensor1D[];
  const said: Tensor1D[] = [];
  let state = bound.initialState(inputs.shape[0]);
  for (const [t, input] of given.entries()) {
    const { next, token } = tree.tidy(() => {
      const fed = t === 0 ? input : where(own[t] as Tensor1D, said[t - 1] as Tensor1D, input);
      const step = bound.next(state, fed as Tensor1D);
      return { next: step.state, token: argMax(step.logits, 1) as Tensor1D };
    });
    tree.dispose(state as Tree);
    state = next as S;
    said.push(token);
  }
  bound.dispose();
  return transpose(stack(said)) as Tensor2D;
}
