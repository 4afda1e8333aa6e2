/** Initialises the backend of the vitest project before each test file. */
import { type BackendName, selectBackend, type WasmPaths } from '@elman/backend';

if (typeof window === 'undefined') {
  await selectBackend(process.env.ELMAN_BACKEND as BackendName);
} else {
  const name = import.meta.env.ELMAN_BACKEND as BackendName;
  await selectBackend(name, { wasmPaths: name === 'wasm' ? await wasmPaths() : undefined });
}

/** The path at which vite serves the binaries of the wasm backend. */
async function wasmPaths(): Promise<WasmPaths> {
  const [plain, simd, threaded] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'),
  ]);
  return {
    'tfjs-backend-wasm.wasm': plain.default,
    'tfjs-backend-wasm-simd.wasm': simd.default,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded.default,
  };
}
