import { type NamedTensorMap, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { webgl } from '../webgl/device.ts';
import { webgpu } from '../webgpu/device.ts';
import { runBackward } from './backward.ts';
import type { Device } from './device.ts';
import { type Activations, runForward } from './forward.ts';
import type { Recurrence } from './recurrence.ts';

type Options = { readonly reverse: boolean };

/** A recurrence as the kernels of a sequence op on the GPU backends. */
export function onGpu<O extends Options>(
  recurrenceOf: (options: O) => Recurrence,
): { readonly webgl: DeviceKernels<O>; readonly webgpu: DeviceKernels<O> } {
  return { webgl: onDevice(webgl, recurrenceOf), webgpu: onDevice(webgpu, recurrenceOf) };
}

function onDevice<O extends Options>(device: Device, recurrenceOf: (options: O) => Recurrence): DeviceKernels<O> {
  return {
    forward(inputs, options) {
      const recurrence = recurrenceOf(options);
      const [batch, time, width] = (inputs.projected as Tensor).shape as [number, number, number];
      const sizes = { batch, time, hidden: width / recurrence.gates };
      const { results, activations } = runForward(device, recurrence, inputs, sizes, options.reverse);
      const { frames, weights, states, reals } = activations;
      return { results, saved: [frames, weights, states, ...(reals ? [reals] : [])] };
    },
    backward(resultGradients, saved, options) {
      const [frames, weights, states, reals] = saved as [Tensor, Tensor, Tensor, Tensor?];
      const activations: Activations = { frames, weights, states, ...(reals && { reals }) };
      const [batch, time, hidden] = (resultGradients[0] as Tensor).shape as [number, number, number];
      const sizes = { batch, time, hidden };
      const recurrence = recurrenceOf(options);
      return tidy(
        () => runBackward(device, recurrence, resultGradients, activations, sizes, options.reverse) as NamedTensorMap,
      );
    },
  };
}
