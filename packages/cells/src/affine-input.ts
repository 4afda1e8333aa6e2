import { type Cell, expectShape, type Frame, type Sequence, type Step, type Tree, tree } from '@elman/core';
import { affine } from '@elman/kernels';
import { reshape, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';

/** The input's kernel and bias. */
type AffineParams = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/**
 * The `step` of a cell that depends on its input through one product only:
 *
 *   projected = x·kernel + bias
 *   s', y = recur(params, s, projected)
 */
export function affineInput<P extends AffineParams & Tree, S extends Tree>(
  name: string,
  inputSize: number,
  recur: (params: P, state: S, projected: Frame) => Step<S>,
): Cell<P, S>['step'] {
  return (params, state, input) => {
    expectShape(name, 'input', input, { batch: tree.leaves(state)[0]?.shape[0], inputSize });
    return tree.tidy(() => recur(params, state, affine({ x: input, kernel: params.kernel, bias: params.bias })));
  };
}

/** x·kernel + bias of all frames, as one product. */
export function projectedFrames({ kernel, bias }: AffineParams, inputs: Sequence): Sequence {
  const [batch, time, size] = inputs.shape;
  return reshape(affine({ x: reshape(inputs, [batch * time, size]), kernel, bias }), [batch, time, -1]);
}
