import type { DeviceKernels } from '../device-kernels.ts';
import { lstmBlock } from './lstm-block.ts';
import { lstmLoop } from './lstm-loop.ts';

type Options = { readonly reverse: boolean };

/** Above it a product with the identity costs more than the ops of a loop: docs/results/libtensorflow.md. */
const WIDEST_BLOCK = 32;

/** An LSTM with libtensorflow: as one of its ops where that is faster and there is no mask, else as a loop. */
const withLoop = (loop: DeviceKernels<Options>): DeviceKernels<Options> => ({
  forward(inputs, options) {
    const hidden = inputs.recurrentKernel?.shape[0] as number;
    const kernels = hidden <= WIDEST_BLOCK && inputs.mask === undefined ? lstmBlock : loop;
    return kernels.forward(inputs, options);
  },
  backward(grads, saved, options) {
    // The op has saved sequences, the loop frames.
    const kernels = saved[0]?.rank === 3 ? lstmBlock : loop;
    return kernels.backward(grads, saved, options);
  },
});

/** `lstmSequence` and `peepholeLstmSequence` with libtensorflow. */
export const tensorflowLstm: DeviceKernels<Options> = withLoop(lstmLoop(false));
export const tensorflowPeepholeLstm: DeviceKernels<Options> = withLoop(lstmLoop(true));
