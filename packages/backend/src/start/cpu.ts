import type { Start } from './start.ts';

/** Plain JavaScript: always there. */
export async function startCpu(): Promise<Start> {
  await import('@tensorflow/tfjs-backend-cpu');
  return { possible: true, device: 'plain JavaScript' };
}
