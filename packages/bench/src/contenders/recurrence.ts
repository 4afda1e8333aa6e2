import { type Cell, type Rng, type Tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { type Scalar, sum, type Tensor3D } from '@tensorflow/tfjs-core';

/** What a pass is differentiated with respect to. */
export type Given = { readonly cell: Tree; readonly inputs: Tensor3D };

/** The sum of all outputs and its gradient with respect to parameters and inputs; `rng` is for noise in training. */
export function differentiated(
  cell: Cell<Tree, Tree>,
  given: Given,
  rng?: Rng,
): { readonly value: Scalar; readonly grads: Given } {
  return valueAndGrad((at: Given) => {
    const { outputs } = unroll(cell, at.cell, at.inputs, { rng });
    return { loss: sum<Scalar>(outputs), aux: {} };
  }, given);
}

/** The number in a scalar, which is disposed of. */
export async function numberOf(scalar: Scalar): Promise<number> {
  const [value = Number.NaN] = await scalar.data();
  scalar.dispose();
  return value;
}
