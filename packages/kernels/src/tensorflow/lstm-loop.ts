import { mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { takeGates, transposeKernel } from './gates.ts';
import { loopKernels } from './loop-kernels.ts';
import { lstmCellGradient, PEEPHOLES } from './lstm-ops.ts';

type Options = { readonly reverse: boolean };
type Gates = [i: Tensor, f: Tensor, g: Tensor, o: Tensor];
type Activations = readonly [i: Tensor, f: Tensor, g: Tensor, o: Tensor, tanhC: Tensor];

/** The order of i, g, f, o in the gradient of a cell. */
const PLACES = [0, 2, 1, 3];

/**
 * The LSTM as a loop of ops: a dozen a frame, with peepholes six more, and three backward, of which one is TensorFlow's gradient of a
 * whole cell.
 */
export const lstmLoop = (hasPeepholes: boolean): DeviceKernels<Options> =>
  loopKernels<Options>({
    states: ['h', 'c'],
    weights: ['recurrentKernel', ...(hasPeepholes ? PEEPHOLES : [])],
    activations: 5,
    swaps: PLACES,
    forward:
      (ops, [recurrentKernel, ...peepholes]) =>
      (projected, [h, c]) => {
        const look = (gate: Tensor, memory: Tensor, peephole: Tensor | undefined): Tensor =>
          peephole ? ops.add(gate, ops.mul(memory, peephole)) : gate;
        const product = ops.matMul(h as Tensor, recurrentKernel as Tensor);
        const gates = ops.split(ops.add(projected, product), 4) as Gates;
        const i = ops.sigmoid(look(gates[0], c as Tensor, peepholes[0]));
        const f = ops.sigmoid(look(gates[1], c as Tensor, peepholes[1]));
        const g = ops.tanh(gates[2]);
        const nextC = ops.add(ops.mul(f, c as Tensor), ops.mul(i, g));
        const o = ops.sigmoid(look(gates[3], nextC, peepholes[2]));
        const tanhC = ops.tanh(nextC);
        return { states: [ops.mul(o, tanhC), nextC], activations: [i, f, g, o, tanhC] };
      },
    backward(ops, [recurrentKernel, ...peepholes], batch) {
      const cellGradient = lstmCellGradient(ops, { kernel: recurrentKernel as Tensor, peepholes }, batch);
      const transposed = transposeKernel(recurrentKernel as Tensor, PLACES);
      return ([dH, dC], { states, activations }, before) => {
        const [i, f, g, o, tanhC] = activations as Activations;
        const [h, c] = states as [Tensor, Tensor];
        const previous = { h: before[0] as Tensor, c: before[1] as Tensor };
        const grads = cellGradient(previous, [i, c, f, o, g, tanhC, h], { h: dH as Tensor, c: dC as Tensor });
        return { projected: grads.gates, states: [ops.matMul(grads.gates, transposed), grads.c] };
      };
    },
    weightGradients(ops, { recurrent, before, after }) {
      const recurrentKernel = ops.matMul(before(0), recurrent, true);
      if (!hasPeepholes) return { recurrentKernel };
      const memories = before(1);
      const hidden = memories.shape[1] as number;
      const seen = (gate: number, memory: Tensor): Tensor => sum(mul(takeGates(recurrent, hidden, gate), memory), 0);
      const grads = [seen(0, memories), seen(1, memories), seen(3, after(1))];
      return { recurrentKernel, ...Object.fromEntries(PEEPHOLES.map((name, i) => [name, grads[i] as Tensor])) };
    },
  });
