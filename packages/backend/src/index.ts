import './gradients.ts';
import { BackendError } from '@elman/core';
import * as tf from '@tensorflow/tfjs-core';
import { completeKernels } from './complete/index.ts';

/** The backends that can be asked for. */
export type BackendName = 'node-gpu' | 'node' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** What was selected. */
export interface Selection {
  readonly name: BackendName;
}

const load: { [name: string]: () => Promise<unknown> } = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
};

/** Chooses and readies a backend. */
export async function selectBackend(preference: BackendName = 'wasm'): Promise<Selection> {
  await load[preference]?.();
  completeKernels(preference);
  if (!(await tf.setBackend(preference))) throw new BackendError(`backend: ${preference} could not be started.`);
  await tf.ready();
  return { name: preference };
}
