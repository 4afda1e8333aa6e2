/** The machine's peak on a backend: its fastest products of two square matrices, of several sizes. */
import { type BackendName, selectBackend } from '@elman/backend';
import { matMul, ones, sum, type Tensor2D, tidy, version_core } from '@tensorflow/tfjs-core';
import type { Peak, PeakSetup, Unavailable } from '../protocol.ts';

const SIZES = [128, 256, 512];

/** Milliseconds that `count` products take, one element read at the end. */
async function multiply(matrix: Tensor2D, count: number): Promise<number> {
  const start = performance.now();
  const last = tidy(() => {
    for (let i = 1; i < count; i++) matMul(matrix, matrix).dispose();
    return sum(matMul(matrix, matrix));
  });
  await last.data();
  last.dispose();
  return performance.now() - start;
}

async function measure({ backend, milliseconds }: PeakSetup): Promise<Peak> {
  const { device } = await selectBackend(backend as BackendName);
  let best = { gigaflops: 0, size: 0 };
  for (const size of SIZES) {
    const matrix: Tensor2D = ones([size, size]);
    await multiply(matrix, 1);
    const count = Math.max(1, Math.ceil(milliseconds / 8 / (await multiply(matrix, 1))));
    for (const end = performance.now() + milliseconds; performance.now() < end; ) {
      const gigaflops = (2 * size ** 3 * count) / (await multiply(matrix, count)) / 1e6;
      if (gigaflops > best.gigaflops) best = { gigaflops, size };
    }
    matrix.dispose();
  }
  return { event: 'peak', ...best, device, versions: { 'tfjs-core': version_core, Node: process.version } };
}

const reply = await measure(JSON.parse(process.argv.at(-1) as string)).catch(
  (error: Error): Unavailable => ({ event: 'unavailable', reason: error.message }),
);
process.stdout.write(`${JSON.stringify(reply)}\n`);
