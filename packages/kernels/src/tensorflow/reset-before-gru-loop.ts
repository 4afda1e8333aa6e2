import { concat, mul, type Tensor, transpose } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { takeGates } from './gates.ts';
import { type AllFrames, loopKernels } from './loop-kernels.ts';
import type { TensorflowOps } from './ops.ts';

type Options = { readonly reverse: boolean };
type Activations = readonly [z: Tensor, r: Tensor, n: Tensor, change: Tensor];

/** `resetBeforeGruSequence` as a loop of ops: fourteen a frame, and fifteen backward. `change` is h − n. */
export const resetBeforeGruLoop: DeviceKernels<Options> = loopKernels<Options>({
  states: ['h'],
  weights: ['recurrentKernel'],
  activations: 4,
  forward(ops, [recurrentKernel]) {
    const [gates, candidate] = partsOf(recurrentKernel as Tensor);
    return (projected, before) => {
      const [h] = before as [Tensor];
      const [xz, xr, xn] = ops.split(projected, 3) as [Tensor, Tensor, Tensor];
      const [hz, hr] = ops.split(ops.matMul(h, gates), 2) as [Tensor, Tensor];
      const z = ops.sigmoid(ops.add(xz, hz));
      const r = ops.sigmoid(ops.add(xr, hr));
      const n = ops.tanh(ops.add(xn, ops.matMul(ops.mul(r, h), candidate)));
      const change = ops.sub(h, n);
      return { states: [ops.add(n, ops.mul(z, change))], activations: [z, r, n, change] };
    };
  },
  backward(ops, [recurrentKernel]) {
    const [gates, candidate] = partsOf(recurrentKernel as Tensor).map((part) => transpose(part)) as [Tensor, Tensor];
    return ([grad], { activations }, [h]) => {
      const [z, r, n, change] = activations as Activations;
      const dH = grad as Tensor;
      const kept = ops.mul(dH, z);
      const dZ = ops.sigmoidGradient(z, ops.mul(dH, change));
      const dN = ops.tanhGradient(n, ops.sub(dH, kept));
      const dReset = ops.matMul(dN, candidate);
      const dR = ops.sigmoidGradient(r, ops.mul(dReset, h as Tensor));
      const through = ops.add(ops.matMul(ops.concat([dZ, dR]), gates), ops.mul(dReset, r));
      return { projected: ops.concat([dZ, dR, dN]), states: [ops.add(through, kept)] };
    };
  },
  weightGradients: resetBeforeGruWeightGradients,
});

/** z, r and n being both the gates of `projected` and the first three activations. */
export function resetBeforeGruWeightGradients(
  ops: TensorflowOps,
  { projected, before, activation }: AllFrames,
): { readonly recurrentKernel: Tensor } {
  const h = before(0);
  const hidden = h.shape[1] as number;
  const gates = ops.matMul(h, takeGates(projected, hidden, 0, 2), true);
  const candidate = ops.matMul(mul(activation(1), h), takeGates(projected, hidden, 2), true);
  return { recurrentKernel: concat([gates, candidate], 1) };
}

/** The kernel of h for z and r, and that of r∘h for n. */
function partsOf(recurrentKernel: Tensor): [gates: Tensor, candidate: Tensor] {
  const hidden = recurrentKernel.shape[0] as number;
  return [takeGates(recurrentKernel, hidden, 0, 2), takeGates(recurrentKernel, hidden, 2)];
}
