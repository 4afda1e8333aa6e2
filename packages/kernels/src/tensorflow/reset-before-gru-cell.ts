import { concat, eye, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { swapGates, takeGates } from './gates.ts';
import { loopKernels } from './loop-kernels.ts';
import { resetBeforeGruWeightGradients } from './reset-before-gru-loop.ts';

type Options = { readonly reverse: boolean };

/**
 * `resetBeforeGruSequence` as a loop of TensorFlow's `GRUBlockCell`, and backward of `GRUBlockCellGrad` and two more ops. The
 * cell multiplies its input by a kernel, and our input has been multiplied already, so it is multiplied by the identity, which
 * is cheap where hidden is small and wasteful elsewhere.
 */
export const resetBeforeGruCell: DeviceKernels<Options> = loopKernels<Options>({
  states: ['h'],
  weights: ['recurrentKernel'],
  activations: 3,
  forward(ops, [recurrentKernel]) {
    const kernel = recurrentKernel as Tensor;
    const weights = weightsOf(concat([eye(kernel.shape[1] as number), kernel], 0));
    return (projected, [h]) => {
      const [r, z, n, next] = ops.execute('GRUBlockCell', [], [projected, h as Tensor, ...weights], 4) as Tensor[];
      return { states: [next as Tensor], activations: [z, r, n] as Tensor[] };
    };
  },
  backward(ops, [recurrentKernel], batch) {
    const nothing = zeros([batch, 0]); // the gradient w.r.t. the input is not needed, and neither is the input
    const weights = weightsOf(recurrentKernel as Tensor);
    return ([dH], { activations }, [h]) => {
      const [z, r, n] = activations as [Tensor, Tensor, Tensor];
      const inputs = [nothing, h as Tensor, ...weights, r, z, n, dH as Tensor];
      const [, before, dN, dGates] = ops.execute('GRUBlockCellGrad', [], inputs, 4) as [Tensor, Tensor, Tensor, Tensor];
      return { projected: ops.concat([dGates, dN]), states: [before] };
    };
  },
  swaps: [1, 0, 2],
  weightGradients: resetBeforeGruWeightGradients,
});

/** The kernels for z, r, n as the ops take them: one for r and z, one for n, and biases of zeros. */
function weightsOf(kernel: Tensor): Tensor[] {
  const hidden = (kernel.shape[1] as number) / 3;
  const gates = swapGates(takeGates(kernel, hidden, 0, 2), [1, 0]);
  return [gates, takeGates(kernel, hidden, 2), zeros([2 * hidden]), zeros([hidden])];
}
