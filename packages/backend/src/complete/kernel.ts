import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** A kernel function of one output, with its actual argument types. */
export type Kernel<I, A, B> = (call: { inputs: I; attrs: A; backend: B }) => TensorInfo | TensorInfo[];

/** Marks our kernels, so that a second copy of this package does not wrap them again. */
const ours = Symbol.for('elman.kernel');

/**
 * Registers a kernel, in place of the backend's own, if any, which is passed to `make`.
 * Does nothing if the kernel is ours already.
 */
export function provideKernel<I, A, B>(
  backendName: string,
  kernelName: string,
  make: (original: Kernel<I, A, B>) => Kernel<I, A, B>,
): void {
  const existing = getKernel(kernelName, backendName) as (KernelConfig & { [ours]?: true }) | undefined;
  if (existing?.[ours]) return;
  const missing: Kernel<I, A, B> = () => {
    throw new Error(`backend: ${backendName} has no kernel ${kernelName}.`);
  };
  const original = (existing?.kernelFunc as unknown as Kernel<I, A, B> | undefined) ?? missing;
  if (existing !== undefined) unregisterKernel(kernelName, backendName);
  const config: KernelConfig & { [ours]: true } = {
    ...existing,
    kernelName,
    backendName,
    kernelFunc: make(original) as unknown as KernelFunc,
    [ours]: true,
  };
  registerKernel(config);
}

/** Registers a kernel only if the backend has none. */
export function supplyKernel<I, A, B>(backendName: string, kernelName: string, kernel: Kernel<I, A, B>): void {
  if (getKernel(kernelName, backendName) === undefined) provideKernel(backendName, kernelName, () => kernel);
}
