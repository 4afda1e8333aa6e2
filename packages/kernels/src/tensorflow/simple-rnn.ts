import type { Tensor } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import type { SimpleRnnActivation } from '../simple-rnn-engine.ts';
import { loopKernels } from './loop-kernels.ts';

type Options = { readonly reverse: boolean; readonly activation: SimpleRnnActivation };

/** `simpleRnnSequence` with libtensorflow: three ops a frame, and as many back. */
export const tensorflowSimpleRnn: DeviceKernels<Options> = loopKernels<Options>({
  states: ['h'],
  weights: ['recurrentKernel'],
  activations: 0,
  step: (ops, _weights, _batch, { activation }) => ({
    forward: (projected, product) => ({ states: [ops[activation](ops.add(projected, product))], activations: [] }),
    backward([dH], { states }) {
      const sum = ops[`${activation}Gradient`](states[0] as Tensor, dH as Tensor);
      return { projected: sum, product: sum, states: [undefined] };
    },
  }),
});
