import { ElmanError } from '@elman/core';
import { engine, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * A sequence as one op on a backend that keeps its tensors outside the main memory: on a GPU, or with
 * libtensorflow. `saved` is passed to `backward`; the tape holds it until then.
 */
export type DeviceKernels<Options> = {
  forward(inputs: NamedTensorMap, options: Options): { readonly results: Tensor[]; readonly saved: Tensor[] };
  /** The gradients w.r.t. the variables of the sequence, by name, from those w.r.t. its results. */
  backward(resultGradients: readonly Tensor[], saved: readonly Tensor[], options: Options): NamedTensorMap;
};

/** The method of tfjs's engine that runs a function of several outputs with a custom gradient; its typings lack it. */
export type Runner = {
  runKernelFunc(of: {
    inputs: NamedTensorMap;
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor[];
    backwardsFunc: (dys: Tensor[], saved: Tensor[]) => { [name: string]: () => Tensor };
  }): Tensor[];
};

/** Runs a sequence on the active backend, as one op on the tape whose gradient is an op without a gradient. */
export function runOnDevice<Options>(
  where: string,
  kernels: DeviceKernels<Options>,
  inputs: NamedTensorMap,
  variables: readonly string[],
  options: Options,
): Tensor[] {
  const runner = engine() as unknown as Runner;
  return runner.runKernelFunc({
    inputs,
    forwardFunc: (_, save) => {
      const { results, saved } = kernels.forward(inputs, options);
      save(saved);
      return results;
    },
    backwardsFunc: (oneOrMore, saved) => {
      // TensorFlow.js passes the gradient of a single result by itself.
      const dys = [oneOrMore].flat();
      const grads = runner.runKernelFunc({
        inputs: { ...inputs, ...Object.fromEntries(dys.map((dy, i) => [`dy${i}`, dy])) },
        forwardFunc: () => {
          const named = kernels.backward(dys, saved, options);
          return variables.map((name) => named[name] as Tensor);
        },
        backwardsFunc: () => {
          throw noSecondGradient(where);
        },
      });
      return Object.fromEntries(variables.map((name, i) => [name, () => grads[i] as Tensor]));
    },
  });
}

/** A second-order gradient of a sequence was requested. */
function noSecondGradient(where: string): ElmanError {
  return new ElmanError(
    `${where}: expected a first-order gradient, got a second-order one; call the step frame by frame.`,
  );
}
