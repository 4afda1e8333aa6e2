import { env } from '@tensorflow/tfjs-core';
import type { Start, StartOptions } from './start.ts';

/** WebAssembly, with SIMD where the engine has it. */
export async function startWasm({ wasmPaths }: StartOptions): Promise<Start> {
  if (typeof WebAssembly === 'undefined') {
    return { possible: false, reason: 'there is no WebAssembly here; use a newer browser or Node 20 or later' };
  }
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) setWasmPaths(wasmPaths as string);
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const threads = await env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
  return { possible: true, device: `WebAssembly, ${simd ? 'SIMD' : 'no SIMD'}${threads ? ', threads' : ''}` };
}
