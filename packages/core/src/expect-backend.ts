import { engine } from '@tensorflow/tfjs-core';
import { BackendError } from './errors.ts';

/**
 * Throws if TensorFlow.js has no backend to compute on, neither ready nor registered.
 * @throws {BackendError}
 */
export function expectBackend(): void {
  const { backendName, registryFactory } = engine();
  if (backendName || Object.keys(registryFactory).length > 0) return;
  throw new BackendError(
    'no backend of TensorFlow.js is ready: `await selectBackend()` of @elman/backend before anything is computed.',
  );
}
