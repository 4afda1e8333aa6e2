import { type BackendName, backendNames, type Selection, selectBackend } from '@elman/backend';
import { BackendError } from '@elman/core';
import { useExperimentalSimd } from '@elman/kernels';
import { env } from '@tensorflow/tfjs-core';
import { expectedOneOf } from './near.ts';

/**
 * The requested backend, or the best. The kernels are given what SIMD the engine still hides behind flags, unless
 * ELMAN_EXPERIMENTAL_SIMD is 0.
 */
export async function startBackend(name?: BackendName): Promise<Selection> {
  allowExperimentalSimd();
  const names: readonly string[] = backendNames;
  const asked = name ?? process.env.ELMAN_BACKEND;
  if (asked && !names.includes(asked)) {
    throw new BackendError(
      `backend: ${name === undefined ? 'ELMAN_BACKEND' : '--backend'}: ${expectedOneOf(names, asked)}`,
    );
  }
  const selection = await selectBackend(name);
  // A package of others may bring a second TensorFlow.js, which would say on the console that it shares the first one's state.
  env().set('PROD', true);
  return selection;
}

/** The kernels' part of it. */
export function allowExperimentalSimd(): void {
  if (process.env.ELMAN_EXPERIMENTAL_SIMD !== '0') useExperimentalSimd();
}
