import type { DeviceKernels } from '../device-kernels.ts';
import { lstmBlock } from './lstm-block.ts';
import { lstmLoop } from './lstm-loop.ts';

type Options = { readonly reverse: boolean };

/** Above it a product with the identity costs more than the ops of a loop: docs/results/libtensorflow.md. */
const WIDEST_BLOCK = 32;

/** `lstmSequence` with libtensorflow: as one of its ops where that is quicker and there is no mask, else as a loop. */
export const tensorflowLstm: DeviceKernels<Options> = {
  forward(inputs, options) {
    const hidden = inputs.recurrentKernel?.shape[0] as number;
    const kernels = hidden <= WIDEST_BLOCK && inputs.mask === undefined ? lstmBlock : lstmLoop;
    return kernels.forward(inputs, options);
  },
  backward(grads, saved, options) {
    // The one has kept sequences, the other frames.
    const kernels = saved[0]?.rank === 3 ? lstmBlock : lstmLoop;
    return kernels.backward(grads, saved, options);
  },
};
