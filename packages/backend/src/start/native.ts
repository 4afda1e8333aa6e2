import { engine } from '@tensorflow/tfjs-core';
import { platform } from '#platform';
import { oneLine, type Start } from './start.ts';

const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
const PACKAGE = '@tensorflow/tfjs-node';

/** The package that is loaded. There is room for one in a process: both register the same backend. */
let loaded: string | undefined;

/** libtensorflow on the CPU (or whatever device it takes), through `@tensorflow/tfjs-node`. */
export async function startNode(): Promise<Start> {
  const reason = await load(PACKAGE);
  if (reason !== undefined && (await load(GPU_PACKAGE)) !== undefined) return { possible: false, reason };
  return { possible: true, device: `libtensorflow, ${usesGpu() ? 'GPU' : 'CPU'}` };
}

/** libtensorflow on a GPU. `@tensorflow/tfjs-node` does too where the libtensorflow beneath it was built for CUDA. */
export async function startNodeGpu(): Promise<Start> {
  const reason = loaded === PACKAGE ? WITHOUT_GPU : await load(GPU_PACKAGE);
  if (reason !== undefined && (await load(PACKAGE)) !== undefined) return { possible: false, reason };
  if (usesGpu()) return { possible: true, device: 'libtensorflow, GPU' };
  if (reason !== undefined) return { possible: false, reason };
  return {
    possible: false,
    reason: `${GPU_PACKAGE} is installed, but libtensorflow finds no GPU; check nvidia-smi, CUDA 11.2 and cuDNN 8.1`,
  };
}

const WITHOUT_GPU = `${PACKAGE} is loaded, and its libtensorflow has no GPU; to have one: npm install ${GPU_PACKAGE}`;

const usesGpu = (): boolean =>
  (engine().findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null)?.isUsingGpuDevice === true;

/** Imports a package; returns why it could not be. */
async function load(packageName: string): Promise<string | undefined> {
  if (platform.importNative === undefined) return 'libtensorflow needs Node; in a page use webgpu, webgl or wasm';
  if (loaded === packageName) return undefined;
  if (loaded !== undefined) return `${loaded} is loaded, and a process holds only one of the two`;
  try {
    await platform.importNative(packageName);
    loaded = packageName;
    return undefined;
  } catch (error) {
    return whyNotLoaded(packageName, error);
  }
}

/** A sentence that a person can act on, from what `import` threw. */
export function whyNotLoaded(packageName: string, error: unknown): string {
  const { code } = error as { code?: unknown };
  const message = oneLine(error);
  if (code === 'ERR_DLOPEN_FAILED') {
    return `${packageName} is installed, but its native library does not load (${message}); rebuild it for this machine`;
  }
  // In the words of Node's import, its require, and bundlers. The name in quotes is the one that was not found.
  const missing = /cannot find (?:package|module)|could not resolve/i.test(message);
  if (missing && (message.includes(`'${packageName}'`) || message.includes(`"${packageName}"`))) {
    return `not installed; to have it: npm install ${packageName}`;
  }
  if (message.includes('tfjs_binding.node')) {
    return (
      `${packageName} is installed, but its native library is missing: its install script could not download it; ` +
      `run npm rebuild ${packageName} with a network, or bring your own libtensorflow (README of @elman/backend)`
    );
  }
  return `${packageName} is installed, but fails to load (${message}); try Node 20 or 22, or npm rebuild ${packageName}`;
}
