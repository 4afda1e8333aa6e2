import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Storage } from '../storage.ts';
import { accessBackward } from './javascript-ntm-backward.ts';
import { accessForward } from './javascript-ntm-forward.ts';
import { type NtmEngine, type NtmInputs, type NtmResults, traceOf } from './ntm-engine.ts';

/** A Neural Turing Machine's memory in plain JavaScript, on any storage; the reference for all other engines. */
export function javascriptNtm({ read, make }: Storage): NtmEngine {
  const fresh = (shape: number[]): TensorInfo => make(shape, () => undefined);
  return {
    name: 'javascript',
    forward(sizes, inputs) {
      const { batch, reads, width } = sizes;
      const results: NtmResults<TensorInfo> = {
        read: fresh([batch, reads * width]),
        memory: fresh(inputs.memory.shape),
        weights: fresh(inputs.weights.shape),
      };
      const trace = new Float32Array(batch * traceOf(sizes).size);
      accessForward(sizes, arraysOf(inputs, read), arraysOf(results, read), trace);
      return { results, trace };
    },
    backward(sizes, inputs, trace, grads) {
      const made: NtmInputs<TensorInfo> = {
        memory: fresh(inputs.memory.shape),
        weights: fresh(inputs.weights.shape),
        command: fresh(inputs.command.shape),
      };
      accessBackward(sizes, arraysOf(inputs, read), trace, arraysOf(grads, read), arraysOf(made, read));
      return made;
    },
  };
}

/** Views of the data of tensors: taken after all allocations, as new tensors may move them. */
function arraysOf<Name extends string>(
  tensors: Readonly<Record<Name, TensorInfo>>,
  read: Storage['read'],
): Record<Name, Float32Array> {
  return Object.fromEntries(
    Object.entries<TensorInfo>(tensors).map(([name, tensor]) => [name, read(tensor)]),
  ) as Record<Name, Float32Array>;
}
