import { getKernelsForBackend, registerKernel } from '@tensorflow/tfjs-core';
import type { Recorder } from './recorder.ts';
import { rules } from './rules/index.ts';

let registered: string | undefined;

/** Registers the recording kernels, once, and returns the name of their backend. A copy of this package has a name of its own. */
export function traceBackend(): string {
  if (registered !== undefined) return registered;
  let name = 'elman-trace';
  for (let copy = 2; getKernelsForBackend(name).length > 0; copy++) name = `elman-trace-${copy}`;
  for (const [kernelName, rule] of Object.entries(rules)) {
    registerKernel({
      kernelName,
      backendName: name,
      kernelFunc({ inputs, attrs, backend }) {
        const recorder = backend as Recorder;
        const made = rule({ recorder, op: kernelName, inputs: recorder.inputsOf(inputs), attrs: attrs ?? {} });
        return Array.isArray(made) ? made.map((each) => recorder.infoOf(each)) : recorder.infoOf(made);
      },
    });
  }
  registered = name;
  return name;
}
