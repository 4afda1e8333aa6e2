/** Elman, through its public packages, as users would write it. */
import { type BackendName, selectBackend } from '@elman/backend';
import { kernelReport, useExperimentalSimd, useThreads } from '@elman/kernels';
import { version_core } from '@tensorflow/tfjs-core';
import { generation } from './ours-generation.ts';
import { recurrent, training } from './ours-training.ts';
import { CannotRun, serve } from './serve.ts';

await serve(async (setup) => {
  const { kind } = setup.workload;
  if (setup.experimentalSimd) useExperimentalSimd();
  useThreads(setup.threads);
  const { device } = await selectBackend(setup.backend as BackendName).catch((error: Error) => {
    throw new CannotRun(error.message);
  });
  const versions = { 'tfjs-core': version_core, Node: process.version, device, kernels: kernelReport().sequences };
  if (kind === 'greedy' || kind === 'beam') return { versions, step: generation(setup) };
  return { versions, step: training(setup), recurrent: recurrent(setup) };
});
