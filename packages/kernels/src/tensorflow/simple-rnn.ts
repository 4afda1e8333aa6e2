import type { Tensor } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import type { SimpleRnnActivation } from '../sequence.ts';
import { transposeKernel } from './gates.ts';
import { loopKernels } from './loop-kernels.ts';

type Options = { readonly reverse: boolean; readonly activation: SimpleRnnActivation };

/** `simpleRnnSequence` with libtensorflow: three ops a frame, and three backward. */
export const tensorflowSimpleRnn: DeviceKernels<Options> = loopKernels<Options>({
  states: ['h'],
  weights: ['recurrentKernel'],
  activations: 0,
  forward:
    (ops, [recurrentKernel], { activation }) =>
    (projected, [h]) => {
      const product = ops.matMul(h as Tensor, recurrentKernel as Tensor);
      return { states: [ops[activation](ops.add(projected, product))], activations: [] };
    },
  backward(ops, [recurrentKernel], _batch, { activation }) {
    const transposed = transposeKernel(recurrentKernel as Tensor);
    return ([dH], { states }) => {
      const sum = ops[`${activation}Gradient`](states[0] as Tensor, dH as Tensor);
      return { projected: sum, states: [ops.matMul(sum, transposed)] };
    };
  },
  weightGradients: (ops, { recurrent, before }) => ({ recurrentKernel: ops.matMul(before(0), recurrent, true) }),
});
