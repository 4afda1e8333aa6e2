import { type Cell, expectShape, type Frame, type Step, type Tree, tree } from '@elman/core';
import { affine } from '@elman/kernels';
import { scanFrames } from '@elman/rnn';
import { type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/** The input's kernel and bias. */
type AffineParams = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/**
 * `step`, `project` and `scan` of a cell that depends on its input through one product only:
 *
 *   projected = x·kernel + bias
 *   s', y = recur(params, s, projected)
 *
 * so that the product is computed once for all frames of a sequence. `prepare`, if given, derives from the parameters what
 * `recur` takes in their place, once per sequence.
 */
export function affineInput<P extends AffineParams & Tree, S extends Tree, R = P>(
  name: string,
  inputSize: number,
  recur: (params: R, state: S, projected: Frame) => Step<S>,
  prepare: (params: P) => R = (params) => params as unknown as R,
): Required<Pick<Cell<P, S>, 'step' | 'project' | 'scan'>> {
  const project = ({ kernel, bias }: P, inputs: Tensor2D): Tensor2D => affine({ x: inputs, kernel, bias });
  return {
    step(params, state, input) {
      expectShape(name, 'input', input, { batch: tree.leaves(state)[0]?.shape[0], inputSize });
      return tree.tidy(() => recur(prepare(params), state, project(params, input)));
    },
    project: (params, inputs) => tidy(() => project(params, inputs)),
    scan: (params, state, inputs, { mask, reverse }) =>
      tree.tidy(() => {
        const prepared = prepare(params);
        return scanFrames((s: S, projected) => recur(prepared, s, projected), state, inputs, { mask, reverse });
      }),
  };
}
