import { isSoftware, type Start } from './start.ts';

interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly vendor: string; readonly architecture: string; readonly isFallbackAdapter?: boolean };
}
interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<Adapter | null>;
}

/** WebGPU, if there is an adapter. */
export async function startWebgpu(): Promise<Start> {
  const gpu = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu;
  if (gpu === undefined) {
    return {
      possible: false,
      reason: 'there is no WebGPU here; it needs a page of https or localhost in a newer browser',
    };
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    return { possible: false, reason: 'WebGPU has no adapter; turn on hardware acceleration or update the GPU driver' };
  }
  await import('@tensorflow/tfjs-backend-webgpu');
  const device = [adapter.info?.vendor, adapter.info?.architecture].filter(Boolean).join(' ') || 'WebGPU adapter';
  const software = adapter.isFallbackAdapter || adapter.info?.isFallbackAdapter || isSoftware(device);
  const caution = software
    ? `WebGPU runs in software here (${device}), slower than wasm; turn on hardware acceleration, or ask for webgpu`
    : undefined;
  return { possible: true, device, caution };
}
