import { engine, env, findBackendFactory } from '@tensorflow/tfjs-core';
import { platform } from '#platform';
import { oneLine, type Start, type StartOptions, type WasmPaths } from './start.ts';

const IN_NODE = 'leave wasmPaths out: in Node the binaries are found by themselves';
const IN_PAGE =
  'serve the files *.wasm of @tensorflow/tfjs-backend-wasm/dist and say where: ' +
  "selectBackend(undefined, { wasmPaths: '/folder/' })";
const WITHOUT =
  platform.name === 'node' ? 'start Node without --jitless and --no-expose-wasm,' : 'use a newer browser,';
const ADVICE = platform.name === 'node' ? IN_NODE : IN_PAGE;

/**
 * Where tfjs looks for its binaries, as far as this package has said so; undefined if the program has loaded it itself,
 * too.
 */
let paths: WasmPaths | 'beside the page' | undefined;

/** WebAssembly, with SIMD where the engine has it. */
export async function startWasm({ wasmPaths }: StartOptions): Promise<Start> {
  if (typeof WebAssembly === 'undefined') {
    return { possible: false, reason: `there is no WebAssembly here; ${WITHOUT} or take cpu` };
  }
  const started = engine().registry.wasm !== undefined;
  const noMemory = started ? undefined : whyNoMemory();
  if (noMemory !== undefined) return { possible: false, reason: noMemory };
  if (!findBackendFactory('wasm') && platform.name === 'page') paths = 'beside the page';
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths !== undefined) {
    setWasmPaths(wasmPaths as string);
    paths = wasmPaths;
  }
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const threads = await env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
  const binary = `tfjs-backend-wasm${simd ? (threads ? '-threaded-simd' : '-simd') : ''}.wasm` as const;
  const missing = started || paths === undefined ? undefined : await platform.whyMissing(addressOf(binary, paths));
  if (missing !== undefined) return { possible: false, reason: `${missing}; ${ADVICE}` };
  return { possible: true, device: `WebAssembly, ${simd ? 'SIMD' : 'no SIMD'}${threads ? ', threads' : ''}` };
}

function addressOf(binary: keyof Exclude<WasmPaths, string>, paths: WasmPaths): string {
  if (typeof paths !== 'string') return paths[binary];
  return paths === 'beside the page' ? binary : `${paths}${binary}`;
}

/** Why the backend did not start, with advice of ours in place of tfjs's, which names none of our options. */
export function whyWasmFailed(reason: string): string {
  return reason.includes('serve the `.wasm` file') ? `its .wasm file cannot be loaded; ${ADVICE}` : reason;
}

/**
 * Why there is no memory for it: engines reserve gigabytes of addresses for one. tfjs would blame the server of its
 * files.
 */
function whyNoMemory(): string | undefined {
  try {
    new WebAssembly.Memory({ initial: 256, maximum: 32768 });
    return undefined;
  } catch (error) {
    const limit = platform.name === 'node' ? 'raise the limit of address space (ulimit -v)' : 'close other pages';
    return `there is not enough memory (${oneLine(error)}); ${limit}, or take cpu`;
  }
}
