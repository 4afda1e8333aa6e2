/**
 * tf.layers on the same backend, both as published on npm. With the argument `completed`, on the backend as `@elman/backend`
 * completes it: most of its faster kernels serve tf.layers too.
 *
 * Gates are sigmoid, not tf.layers's default hardSigmoid. Kernels start Glorot uniform, because its default, orthogonal, takes
 * seconds to make. Tokens are trained as one-hot vectors through a dense layer without bias, which is an embedding: tf.layers's
 * own has no gradient on wasm.
 */
import { type BackendName, selectBackend } from '@elman/backend';
import { ready, setBackend, version_core } from '@tensorflow/tfjs-core';
import { version_layers } from '@tensorflow/tfjs-layers';
import { CannotRun, serve } from './serve.ts';
import { generation } from './tf-layers-generation.ts';
import { training } from './tf-layers-training.ts';

const plain: { readonly [backend: string]: () => Promise<unknown> } = {
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

async function start(backend: string): Promise<void> {
  const load = process.argv.includes('completed') ? undefined : plain[backend];
  if (load === undefined) {
    await selectBackend(backend as BackendName);
    return;
  }
  await load();
  if (!(await setBackend(backend))) throw new Error(`${backend} does not start`);
  await ready();
}

await serve(async (setup) => {
  const { kind, cell } = setup.workload;
  if (cell === 'tcn') throw new CannotRun('it cannot train a dilated convolution');
  await start(setup.backend).catch((error: Error) => {
    throw new CannotRun(error.message);
  });
  const versions = { 'tf.layers': version_layers, 'tfjs-core': version_core };
  return { versions, step: kind === 'greedy' || kind === 'beam' ? generation(setup) : training(setup) };
});
