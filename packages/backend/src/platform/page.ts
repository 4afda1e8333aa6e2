import type { Platform } from './platform.ts';

/** A page or a worker of one. wasm comes first: a recurrent step is many small operations, and a GPU waits for each. */
export const platform: Platform = {
  name: 'page',
  order: ['wasm', 'webgpu', 'webgl', 'cpu'],
  requested: () => undefined,
  async whyMissing(address) {
    const base = globalThis.document?.baseURI ?? globalThis.location?.href;
    if (!URL.canParse(address, base)) return undefined;
    const { href } = new URL(address, base);
    try {
      const { ok, status, headers, body } = await fetch(href);
      await body?.cancel();
      if (!ok) return `${href} is not served (status ${status})`;
      // A server of one page answers everything with it.
      return headers.get('content-type')?.includes('html') ? `${href} is not served (HTML in its place)` : undefined;
    } catch (error) {
      return `${href} cannot be fetched (${(error as Error).message})`;
    }
  },
  importNative: undefined,
};
