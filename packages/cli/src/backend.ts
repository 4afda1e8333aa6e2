import { type BackendName, type Selection, selectBackend } from '@elman/backend';
import { useExperimentalSimd } from '@elman/kernels';

/**
 * The backend that was asked for, or the best. The kernels are given what SIMD the engine still hides behind flags, unless
 * ELMAN_EXPERIMENTAL_SIMD is 0.
 */
export function startBackend(name?: BackendName): Promise<Selection> {
  allowExperimentalSimd();
  return selectBackend(name);
}

/** The kernels' part of it. */
export function allowExperimentalSimd(): void {
  if (process.env.ELMAN_EXPERIMENTAL_SIMD !== '0') useExperimentalSimd();
}
