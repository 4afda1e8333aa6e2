import {
  add,
  concat,
  expandDims,
  eye,
  reshape,
  reverse as reversed,
  slice,
  type Tensor,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { blockLstm, blockLstmGradient, type LstmActivations, PEEPHOLES } from './lstm-ops.ts';
import { tensorflowOps } from './ops.ts';

type Options = { readonly reverse: boolean };

/**
 * An LSTM without a mask as TensorFlow's `BlockLSTMV2`. That multiplies its input by a kernel, and what is given here
 * has been multiplied: so it is multiplied by the identity, which is cheap where hidden is small and wasteful elsewhere.
 */
export const lstmBlock: DeviceKernels<Options> = {
  forward({ projected, recurrentKernel, h, c, ...rest }, { reverse }) {
    const start = { h: h as Tensor, c: c as Tensor };
    const peepholes = PEEPHOLES.flatMap((name) => rest[name] ?? []);
    const x = timeMajor(projected as Tensor, reverse);
    const kernel = withIdentity(recurrentKernel as Tensor);
    const activations = blockLstm(tensorflowOps(), x, { kernel, peepholes }, start);
    const [, cs, , , , , hs] = activations;
    return {
      results: [batchMajor(hs, reverse), lastOf(hs), lastOf(cs)],
      saved: [...activations, recurrentKernel as Tensor, start.h, start.c, ...peepholes],
    };
  },
  backward([dOutputs, dH, dC], saved, { reverse }) {
    const activations = saved.slice(0, 7) as unknown as LstmActivations;
    const [recurrentKernel, h, c, ...peepholes] = saved.slice(7) as [Tensor, Tensor, Tensor, ...Tensor[]];
    const [time, batch, hidden] = activations[0].shape as [number, number, number];
    // The gradient w.r.t. the identity is not needed, and neither is the input.
    const x = zeros([time, batch, 4 * hidden]);
    const states = {
      h: atEnd(timeMajor(dOutputs as Tensor, reverse), dH as Tensor),
      c: atEnd(zeros([time, batch, hidden]), dC as Tensor),
    };
    const weights = { kernel: withIdentity(recurrentKernel), peepholes };
    const grads = blockLstmGradient(tensorflowOps(), x, weights, { h, c }, activations, states);
    return {
      projected: batchMajor(grads.x, reverse),
      recurrentKernel: slice(grads.kernel, [4 * hidden, 0]),
      h: grads.h,
      c: grads.c,
      ...Object.fromEntries(PEEPHOLES.map((name, i) => [name, grads.peepholes[i] as Tensor])),
    };
  },
};

function withIdentity(recurrentKernel: Tensor): Tensor {
  return concat([eye(recurrentKernel.shape[1] as number), recurrentKernel], 0);
}

/** [batch, time, width] → [time, batch, width], in the order in which frames are run. */
function timeMajor(x: Tensor, reverse: boolean): Tensor {
  const frames = transpose(x, [1, 0, 2]);
  return reverse ? reversed(frames, 0) : frames;
}

function batchMajor(frames: Tensor, reverse: boolean): Tensor {
  return transpose(reverse ? reversed(frames, 0) : frames, [1, 0, 2]);
}

function lastOf(states: Tensor): Tensor {
  const [time, batch, hidden] = states.shape as [number, number, number];
  return reshape(slice(states, [time - 1, 0, 0], [1, batch, hidden]), [batch, hidden]);
}

/** Gradients w.r.t. all states, with another one added to the last. */
function atEnd(grads: Tensor, last: Tensor): Tensor {
  const [time, batch, hidden] = grads.shape as [number, number, number];
  const end = expandDims(last, 0);
  return add(grads, time === 1 ? end : concat([zeros([time - 1, batch, hidden]), end], 0));
}
