import type { Tensor } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { resetBeforeGruCell } from './reset-before-gru-cell.ts';
import { resetBeforeGruLoop } from './reset-before-gru-loop.ts';

type Options = { readonly reverse: boolean };

/** Above it products with the identity cost more than the ops of a frame: docs/results/libtensorflow.md. */
const WIDEST_CELL = 64;

/** `resetBeforeGruSequence` with libtensorflow: a frame is one of its ops where that is faster, else several. */
export const tensorflowResetBeforeGru: DeviceKernels<Options> = {
  forward: (inputs, options) => kernelsFor(inputs.recurrentKernel).forward(inputs, options),
  backward: (grads, saved, options) => kernelsFor(saved[1]).backward(grads, saved, options),
};

function kernelsFor(recurrentKernel: Tensor | undefined): DeviceKernels<Options> {
  return (recurrentKernel?.shape[0] as number) <= WIDEST_CELL ? resetBeforeGruCell : resetBeforeGruLoop;
}
