import { engine, matMul, ones, setBackend, sum, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { type BackendName, backendNames } from './names.ts';
import { quietly } from './quiet.ts';
import { inTurn, tryBackend } from './select.ts';
import type { StartOptions } from './start/start.ts';

/** How a backend stands here. */
export type BackendReport =
  | {
      readonly name: BackendName;
      readonly state: 'ready';
      readonly device: string;
      /** Billions of floating-point operations a second in products of matrices of 256 × 256, reading included. */
      readonly gigaflops: number;
    }
  | { readonly name: BackendName; readonly state: 'unavailable'; readonly reason: string };

/** Tries every backend and measures those that start, for about a tenth of a second each. The active one stays so. */
export function probeBackends(options: StartOptions = {}): Promise<BackendReport[]> {
  return inTurn(() =>
    quietly(async () => {
      const before = engine().backendName;
      const reports: BackendReport[] = [];
      for (const name of backendNames) {
        const attempt = await tryBackend(name, options);
        if ('reason' in attempt) reports.push({ name, state: 'unavailable', reason: attempt.reason });
        else reports.push({ name, state: 'ready', device: attempt.device, gigaflops: await measureMatMul() });
      }
      if (before) await setBackend(before);
      return reports;
    }),
  );
}

const SIZE = 256;
const LONG_ENOUGH = 50;

/** Multiplies more and more matrices until it takes long enough to be timed. */
async function measureMatMul(): Promise<number> {
  const matrix: Tensor2D = ones([SIZE, SIZE]);
  await multiply(matrix, 1);
  for (let products = 1; ; products *= 2) {
    const start = performance.now();
    await multiply(matrix, products);
    const milliseconds = performance.now() - start;
    if (milliseconds >= LONG_ENOUGH || products >= 4096) {
      matrix.dispose();
      return (2 * SIZE ** 3 * products) / milliseconds / 1e6;
    }
  }
}

async function multiply(matrix: Tensor2D, products: number): Promise<void> {
  const last = tidy(() => {
    for (let i = 1; i < products; i++) matMul(matrix, matrix).dispose();
    return sum(matMul(matrix, matrix));
  });
  await last.data();
  last.dispose();
}
