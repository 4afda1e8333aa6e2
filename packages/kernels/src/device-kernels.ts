import { ElmanError } from '@elman/core';
import { engine, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * A sequence as one op on a backend that keeps its tensors elsewhere than in the main memory: on a graphics processor, or with
 * libtensorflow. `saved` is what `backward` is given again; the tape holds it meanwhile.
 */
export type DeviceKernels<Options> = {
  forward(inputs: NamedTensorMap, options: Options): { readonly results: Tensor[]; readonly saved: Tensor[] };
  /** The gradients by the variables of the sequence, by name, of those by its results. */
  backward(resultGradients: readonly Tensor[], saved: readonly Tensor[], options: Options): NamedTensorMap;
};

/** What of tfjs's engine runs a function of many outputs with a gradient of its own; it is not in its typings. */
type Runner = {
  runKernelFunc(of: {
    inputs: NamedTensorMap;
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor[];
    backwardsFunc: (dys: Tensor[], saved: Tensor[]) => { [name: string]: () => Tensor };
  }): Tensor[];
};

/** Runs a sequence on the active backend: its results, on the tape as one op, whose gradient is another without one. */
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
    backwardsFunc: (dys, saved) => {
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

/** A gradient of the gradient of a sequence was asked for. */
export function noSecondGradient(where: string): ElmanError {
  return new ElmanError(
    `${where}: expected a first gradient, got the gradient of a gradient; call the step frame by frame.`,
  );
}
