import { kernelReport } from '@elman/kernels';
import type { Start } from './start.ts';

/** JavaScript, always there; with products and sequences of `@elman/kernels` in WebAssembly where there is SIMD. */
export async function startCpu(): Promise<Start> {
  await import('@tensorflow/tfjs-backend-cpu');
  return { possible: true, device };
}

function device(): string {
  const { engine } = kernelReport();
  return engine === 'javascript'
    ? 'plain JavaScript'
    : `JavaScript, with products and sequences in WebAssembly (${engine})`;
}
