import {
  engine,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { javascriptOptimizer } from './javascript-optimizer.ts';
import type { OptimizerEngine } from './optimizer-engine.ts';
import { heapHere } from './simd/here.ts';
import { simdOptimizer } from './simd/optimizer.ts';
import { type Storage, storages } from './storage.ts';

/** What we use of the backends cpu and wasm. */
type Backend = { incRef(id: TensorInfo['dataId']): void };

/** The operations of a kernel over many tensors. */
export type Workbench = OptimizerEngine & {
  /** Another tensor that shares the same data. */
  share(tensor: TensorInfo): TensorInfo;
  /** A tensor of one number. */
  scalar(value: number): TensorInfo;
};

const workbenches = new WeakMap<object, Workbench>();

/** The operations of a backend: SIMD on the heap of tfjs if possible, else JavaScript. */
function workbenchOf(backend: object, storage: Storage): Workbench {
  let workbench = workbenches.get(backend);
  if (workbench === undefined) {
    const heap = heapHere();
    workbench = {
      ...(heap === undefined ? javascriptOptimizer(storage) : simdOptimizer(heap)),
      share(tensor) {
        (backend as Backend).incRef(tensor.dataId);
        return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
      },
      scalar: (value) => storage.make([], (values) => values.fill(value)),
    };
    workbenches.set(backend, workbench);
  }
  return workbench;
}

/**
 * Runs one kernel over tensors, all at once. Undefined where the ops of the backend are as fast, or are needed: the backend keeps
 * tensors outside the main memory, a gradient is to be taken, or an input is not float32.
 *
 * @param kernelName Its name in the registry of tfjs, which all copies of this package share; the first registers. A number in it
 *   is the version of inputs, attributes and outputs.
 */
export function runOverAll<Attributes extends object>(
  kernelName: string,
  tensors: readonly Tensor[],
  attributes: Attributes,
  compute: (workbench: Workbench, tensors: readonly TensorInfo[], attributes: Attributes) => TensorInfo[],
): Tensor[] | undefined {
  const { backendName, state } = engine();
  const storage = storages[backendName];
  if (storage === undefined || state.gradientDepth > 0) return undefined;
  if (tensors.some(({ dtype }) => dtype !== 'float32')) return undefined;
  if (getKernel(kernelName, backendName) === undefined) {
    registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) =>
        compute(
          workbenchOf(backend, storage(backend)),
          inputs as unknown as readonly TensorInfo[],
          attrs as unknown as Attributes,
        ),
    });
  }
  const inputs = tensors as unknown as NamedTensorMap;
  return engine().runKernel(kernelName, inputs, attributes as unknown as NamedAttrMap) as unknown as Tensor[];
}
