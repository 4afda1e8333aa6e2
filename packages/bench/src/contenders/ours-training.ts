import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { languageModel } from '@elman/models';
import { dense, meanSquaredError } from '@elman/nn';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { unroll } from '@elman/rnn';
import { reshape, type Scalar, slice, sum, type Tensor3D, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { Setup } from '../protocol.ts';
import type { Workload } from '../workloads.ts';
import { inTurn, randomSums, randomTokens } from './batches.ts';
import { cellOf } from './ours-model.ts';
import { numberOf } from './recurrence.ts';
import { updates } from './updates.ts';

/** Parameters and the loss of a batch; the batches are precomputed tensors. */
interface Problem<P extends Tree> {
  readonly params: P;
  readonly nextLoss: () => (params: P) => Scalar;
}

/** Whole training steps. */
export function training(setup: Setup): () => Promise<number> {
  const { workload, batches } = setup;
  const problem: Problem<Tree> = workload.kind === 'adding' ? adding(workload, batches) : language(workload, batches);
  const optimizer = chain(clipByGlobalNorm(setup.largestNorm), adam({ learningRate: setup.learningRate }));
  return updates(problem.params, optimizer as never, problem.nextLoss);
}

/** The recurrent layers alone, forward and backward, with the gradient of their inputs. */
export function recurrent({ workload }: Setup): () => Promise<number> {
  const cell = cellOf(workload);
  const rng = Rng.seeded(3);
  const inputs = rng.tensor([workload.batch, workload.time, cell.inputSize], (r) => r.normal());
  const params = { cell: cell.init(rng), inputs };
  return async () => {
    const { value, grads } = valueAndGrad((given) => {
      const { outputs } = unroll(cell, given.cell, given.inputs as Tensor3D);
      return { loss: sum<Scalar>(outputs), aux: {} };
    }, params);
    tree.dispose(grads);
    return numberOf(value);
  };
}

function language(workload: Workload, batches: number): Problem<Tree> {
  const { batch, time } = workload;
  const model = languageModel(cellOf(workload), workload);
  const next = inTurn(
    randomTokens(workload, batches).map(({ inputs, targets }) => ({
      inputs: tensor2d(inputs, [batch, time], 'int32'),
      targets: tensor2d(targets, [batch, time], 'int32'),
    })),
  );
  const nextLoss = () => {
    const window = next();
    return (params: Tree) => model.loss(params as never, window, model.initialState(batch)).loss;
  };
  return { params: model.init(Rng.seeded(2)), nextLoss };
}

function adding(workload: Workload, batches: number): Problem<Tree> {
  const { batch, time, hiddenSize } = workload;
  const cell = cellOf(workload);
  const output = dense({ inputSize: hiddenSize, outputSize: 1 });
  const next = inTurn(
    randomSums(workload, batches).map(({ inputs, targets }) => ({
      inputs: tensor3d(inputs, [batch, time, 2]),
      targets: tensor2d(targets, [batch, 1]),
    })),
  );
  const params = { cell: cell.init(Rng.seeded(2)), output: output.init(Rng.seeded(3)) };
  const nextLoss = () => {
    const { inputs, targets } = next();
    return (given: typeof params) => {
      const { outputs } = unroll(cell, given.cell, inputs);
      const last = reshape(slice(outputs, [0, time - 1, 0], [batch, 1, hiddenSize]), [batch, hiddenSize]);
      return meanSquaredError(output.apply(given.output, last), targets).loss;
    };
  };
  return { params, nextLoss: nextLoss as Problem<Tree>['nextLoss'] };
}
