import { reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { takeGates, transposeKernel } from './gates.ts';
import { loopKernels } from './loop-kernels.ts';

type Options = { readonly reverse: boolean };
type Activations = readonly [z: Tensor, r: Tensor, n: Tensor, reset: Tensor, change: Tensor];
type Gates = [z: Tensor, r: Tensor, n: Tensor];

/**
 * `gruSequence` with libtensorflow, whose `GRUBlockCell` resets before the product and so computes another function. `reset` is
 * the term that r scales, hn + recurrentBias, and `change` is h − n.
 */
export const tensorflowGru: DeviceKernels<Options> = loopKernels<Options>({
  states: ['h'],
  weights: ['recurrentKernel', 'recurrentBias'],
  activations: 5,
  forward:
    (ops, [recurrentKernel, recurrentBias]) =>
    (projected, [h]) => {
      const [xz, xr, xn] = ops.split(projected, 3) as Gates;
      const [hz, hr, hn] = ops.split(ops.matMul(h as Tensor, recurrentKernel as Tensor), 3) as Gates;
      const z = ops.sigmoid(ops.add(xz, hz));
      const r = ops.sigmoid(ops.add(xr, hr));
      const reset = ops.add(hn, recurrentBias as Tensor);
      const n = ops.tanh(ops.add(xn, ops.mul(r, reset)));
      const change = ops.sub(h as Tensor, n);
      return { states: [ops.add(n, ops.mul(z, change))], activations: [z, r, n, reset, change] };
    },
  backward(ops, [recurrentKernel]) {
    const transposed = transposeKernel(recurrentKernel as Tensor);
    return ([grad], { activations }) => {
      const [z, r, n, reset, change] = activations as Activations;
      const dH = grad as Tensor;
      const kept = ops.mul(dH, z);
      const dZ = ops.sigmoidGradient(z, ops.mul(dH, change));
      const dN = ops.tanhGradient(n, ops.sub(dH, kept));
      const dR = ops.sigmoidGradient(r, ops.mul(dN, reset));
      const recurrent = ops.concat([dZ, dR, ops.mul(dN, r)]);
      return {
        projected: ops.concat([dZ, dR, dN]),
        recurrent,
        states: [ops.add(ops.matMul(recurrent, transposed), kept)],
      };
    };
  },
  weightGradients(ops, { recurrent, before }) {
    const h = before(0);
    const hidden = h.shape[1] as number;
    return {
      recurrentKernel: ops.matMul(h, recurrent, true),
      recurrentBias: reshape(sum(takeGates(recurrent, hidden, 2), 0), [hidden]),
    };
  },
});
