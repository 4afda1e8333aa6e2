import { type Cell, expectShape, type Frame, type Step, type Tree, tree } from '@elman/core';

/** A `step` that checks the shape of its input and disposes of its intermediate tensors. */
export function checkedStep<P extends Tree, S extends Tree>(
  name: string,
  inputSize: number,
  step: (params: P, state: S, input: Frame) => Step<S>,
): Cell<P, S>['step'] {
  return (params, state, input) => {
    expectShape(name, 'input', input, { batch: tree.leaves(state)[0]?.shape[0], inputSize });
    return tree.tidy(() => step(params, state, input));
  };
}
