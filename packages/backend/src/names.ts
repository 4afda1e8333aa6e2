import { BackendError } from '@elman/core';

/** Every backend that can be asked for. `node` and `node-gpu` are libtensorflow, on the CPU and on a GPU. */
export const backendNames = ['node-gpu', 'node', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;

/** A backend that can be asked for. */
export type BackendName = (typeof backendNames)[number];

/** What tfjs calls a backend of ours. */
export const tfjsName = (name: BackendName): string => (name === 'node' || name === 'node-gpu' ? 'tensorflow' : name);

/**
 * Checks a name that came from outside.
 * @throws {BackendError} `backend: --backend: expected one of node-gpu, …, cpu, got "gpu".`
 */
export function expectBackendName(where: string, name: string): BackendName {
  const found = backendNames.find((known) => known === name);
  if (found === undefined) {
    const got =
      typeof name === 'string' ? `"${name}"` : 'no name; options come second: selectBackend(undefined, { … })';
    throw new BackendError(`backend: ${where}: expected one of ${backendNames.join(', ')}, got ${got}.`);
  }
  return found;
}
