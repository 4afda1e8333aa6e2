import type { Tensor } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { loopKernels } from './loop-kernels.ts';
import { lstmCellGradient } from './lstm-ops.ts';

type Options = { readonly reverse: boolean };
type Gates = [i: Tensor, f: Tensor, g: Tensor, o: Tensor];

/** `lstmSequence` as a loop of ops: a dozen a frame, and back three, of which one is TensorFlow's gradient of a whole cell. */
export const lstmLoop: DeviceKernels<Options> = loopKernels<Options>({
  states: ['h', 'c'],
  weights: ['recurrentKernel'],
  activations: 5,
  swaps: [0, 2, 1, 3],
  step(ops, [recurrentKernel], batch) {
    const cellGradient = lstmCellGradient(ops, recurrentKernel as Tensor, batch);
    return {
      forward(projected, product, [, c]) {
        const gates = ops.split(ops.add(projected, product), 4) as Gates;
        const i = ops.sigmoid(gates[0]);
        const f = ops.sigmoid(gates[1]);
        const g = ops.tanh(gates[2]);
        const o = ops.sigmoid(gates[3]);
        const nextC = ops.add(ops.mul(f, c as Tensor), ops.mul(i, g));
        const tanhC = ops.tanh(nextC);
        return { states: [ops.mul(o, tanhC), nextC], activations: [i, f, g, o, tanhC] };
      },
      backward([dH, dC], { states, activations }, before) {
        const [i, f, g, o, tanhC] = activations as [Tensor, Tensor, Tensor, Tensor, Tensor];
        const [h, c] = states as [Tensor, Tensor];
        const previous = { h: before[0] as Tensor, c: before[1] as Tensor };
        const grads = cellGradient(previous, [i, c, f, o, g, tanhC, h], { h: dH as Tensor, c: dC as Tensor });
        return { projected: grads.gates, product: grads.gates, states: [undefined, grads.c] };
      },
    };
  },
});
