import { type NamedTensorMap, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { webgl } from '../webgl/device.ts';
import { webgpu } from '../webgpu/device.ts';
import type { Device } from './device.ts';
import { runBackward } from './reset-before-gru-backward.ts';
import { type Activations, runForward } from './reset-before-gru-forward.ts';

type Options = { readonly reverse: boolean };

/**
 * The GRU whose reset gate acts before the product, on the GPU backends. Two products lie between
 * successive states, so it is no `Recurrence`: a frame is two draws forward, and two backward.
 */
export const resetBeforeGru: { readonly webgl: DeviceKernels<Options>; readonly webgpu: DeviceKernels<Options> } = {
  webgl: onDevice(webgl),
  webgpu: onDevice(webgpu),
};

function onDevice(device: Device): DeviceKernels<Options> {
  return {
    forward(inputs, { reverse }) {
      const [batch, time, width] = (inputs.projected as Tensor).shape as [number, number, number];
      const { results, activations } = runForward(device, inputs, { batch, time, hidden: width / 3 }, reverse);
      const { weights, blocks, reals } = activations;
      return { results, saved: [weights, blocks, ...(reals ? [reals] : [])] };
    },
    backward(resultGradients, saved, { reverse }) {
      const [weights, blocks, reals] = saved as [Tensor, Tensor, Tensor?];
      const activations: Activations = { weights, blocks, ...(reals && { reals }) };
      const [batch, time, hidden] = (resultGradients[0] as Tensor).shape as [number, number, number];
      const sizes = { batch, time, hidden };
      return tidy(() => runBackward(device, resultGradients, activations, sizes, reverse) as NamedTensorMap);
    },
  };
}
