import {
  type Batch,
  type Cell,
  expectShape,
  OptionError,
  type Rng,
  type Sequence,
  type Steps,
  type Task,
  type Tree,
  tree,
} from '@elman/core';
import { type Dense, type DenseParams, dense } from '@elman/nn';
import { unroll } from '@elman/rnn';
import { cast, notEqual, type Scalar, scalar, sum, type Tensor2D } from '@tensorflow/tfjs-core';
import { type BoundModel, bindTokens } from './bind.ts';
import type { OutputWeights } from './output/output-layer.ts';
import type { ReadoutModel } from './readout/readout.ts';
import { tokenInputs } from './token-inputs.ts';

/** Parameters of the cell, and of the linear map from its outputs to the task's. */
export type TaskModelParams<P extends Tree> = { readonly cell: P; readonly output: DenseParams };

/** A net for a task, to be trained by `train`. */
export interface TaskModel<P extends Tree, S extends Tree> extends ReadoutModel<TaskModelParams<P>, S, Batch> {
  readonly name: string;
  readonly task: Task;
  readonly cell: Cell<P, S>;
  init(rng: Rng): TaskModelParams<P>;
  initialState(batchSize: number): S;
  batchSize(batch: Batch): number;
  /** [batch, time, task.outputSize] */
  outputs(params: TaskModelParams<P>, batch: Batch, options?: { readonly rng?: Rng | undefined }): Sequence;
  /** The task's loss and, with `metrics`, its accuracy: means over the unmasked targets. */
  loss(
    params: TaskModelParams<P>,
    batch: Batch,
    state: S,
    options?: { readonly rng?: Rng | undefined; readonly metrics?: boolean | undefined },
  ): { loss: Scalar; count: Scalar; state: S; metrics: { readonly [name: string]: Scalar } };
  /**
   * The net as decoders use it, where inputs and targets have one alphabet. It borrows the parameters; dispose of it before them.
   * @throws {OptionError} if the task is not generative.
   */
  bind(params: TaskModelParams<P>): BoundModel<S>;
}

/**
 * A net for a task: a cell over its inputs and a linear map of its outputs.
 *
 *   sₜ, hₜ = cell(sₜ₋₁, xₜ)
 *   yₜ = hₜ·kernel + bias
 *
 * Ids are one-hot vectors, so that the cell's own input weights are their embedding. Every row starts from the initial state.
 *
 * Shapes: inputs [batch, time, inputSize] or ids int32 [batch, time] → y [batch, time, task.outputSize].
 * Init:   kernel Glorot uniform, bias 0.
 * @throws {OptionError} if the cell's inputs are not as wide as the task's.
 */
export function taskModel<P extends Tree, S extends Tree>(cell: Cell<P, S>, task: Task): TaskModel<P, S> {
  const name = 'taskModel';
  const { inputSize, outputSize } = task;
  if (cell.inputSize !== inputSize) {
    throw new OptionError(
      `${name}: cell: expected inputSize ${inputSize}, that of ${task.name}, got ${cell.inputSize}; make the cell for it.`,
    );
  }
  const output: Dense = dense({ inputSize: cell.outputSize, outputSize });
  type Params = TaskModelParams<P>;
  type Given = { readonly rng?: Rng | undefined };

  const read = (params: Params, { inputs, inputMask }: Batch, state: S | undefined, { rng }: Given): Steps<S> => {
    const frames = inputs.dtype === 'int32' ? tokenInputs(cell, undefined, inputs as Tensor2D) : (inputs as Sequence);
    return unroll(cell, params.cell, frames, { state, mask: inputMask, rng: rng?.fork('cell') });
  };
  const run = (params: Params, batch: Batch, state: S | undefined, given: Given): Steps<S> => {
    const steps = read(params, batch, state, given);
    return { outputs: output.apply(params.output, steps.outputs), state: steps.state };
  };

  return {
    name,
    task,
    cell,
    init: (rng) => ({ cell: cell.init(rng.fork('cell')), output: output.init(rng.fork('output')) }),
    initialState: (batchSize) => cell.initialState(batchSize),
    batchSize: ({ inputs }) => inputs.shape[0] as number,
    outputs: (params, batch, options = {}) => tree.tidy(() => run(params, batch, undefined, options).outputs),
    loss(params, batch, state, { rng, metrics = false } = {}) {
      const [rows, time] = batch.inputs.shape as [number, number];
      if (batch.mask !== undefined) expectShape(name, 'mask', batch.mask, { rows, time });
      return tree.tidy(() => {
        const { outputs, state: last } = run(params, batch, state, { rng });
        const { mask } = batch;
        const count = mask === undefined ? scalar(rows * time) : sum<Scalar>(cast(notEqual(mask, 0), 'float32'));
        const measured: { [name: string]: Scalar } = metrics ? { accuracy: task.accuracy(outputs, batch) } : {};
        return { loss: task.loss(outputs, batch), count, state: last, metrics: measured };
      });
    },
    readout(params, batch, before) {
      const { targets } = task;
      if (targets !== 'numbers') {
        throw new OptionError(
          `${name}: readout: expected a task whose targets are numbers, got ${task.name} with ${targets}; train it.`,
        );
      }
      const { outputs: inputs, state } = read(params, batch, before, {});
      return { inputs, targets: batch.targets, mask: batch.mask, state };
    },
    bind(params) {
      if (task.isGenerative !== true) {
        throw new OptionError(`${name}: bind: ${task.name} has no answers to be generated; use outputs().`);
      }
      return bindTokens(name, cell, inputSize, params.cell, undefined, {
        logits: (outputs) => output.apply(params.output, outputs),
        product: () => ({ weights: params.output as OutputWeights, made: [] }),
      });
    },
  };
}
