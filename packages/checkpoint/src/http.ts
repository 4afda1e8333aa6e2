import { CheckpointError } from '@elman/core';
import { plainName, type Storage } from './storage.ts';

/** Options of `httpStorage`. */
export type HttpStorageOptions = {
  /** For headers, credentials or tests; by default the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
};

/**
 * Read-only files under an address: a model next to a page.
 *
 *   const storage = httpStorage('models/poet');     // relative to the page, or an absolute URL
 *
 * An HTML response for a name that does not end in .html counts as not found: many servers respond so to missing files.
 * @throws {CheckpointError} on reading a missing or unreachable file, and on everything that writes.
 */
export function httpStorage(baseUrl: string | URL, options: HttpStorageOptions = {}): Storage {
  const base = `${baseUrl}`.replace(/\/*$/, '/');
  const locate = (name: string): string => base + encodeURIComponent(plainName(name));
  const ask = async (name: string, method: 'GET' | 'HEAD'): Promise<Response> => {
    const request = options.fetch ?? globalThis.fetch;
    try {
      return await request(locate(name), { method });
    } catch (error) {
      const reason = (error as Error).message.split('\n')[0];
      throw new CheckpointError(`${locate(name)}: not reached (${reason}). Check the address and the network.`, {
        cause: error,
      });
    }
  };
  const found = (name: string, response: Response): boolean => {
    if (response.status === 404 || response.status === 410) return false;
    if (!response.ok) {
      throw new CheckpointError(`${locate(name)}: the server answered ${response.status}. Check the address.`);
    }
    return name.endsWith('.html') || !response.headers.get('content-type')?.startsWith('text/html');
  };
  const readOnly = async (name: string): Promise<never> => {
    throw new CheckpointError(`${locate(name)}: not written: an address can only be read. Save to a folder.`);
  };
  return {
    locate,
    async exists(name) {
      const response = await ask(name, 'HEAD');
      if (response.status !== 405 && response.status !== 501) return found(name, response);
      const whole = await ask(name, 'GET');
      await whole.body?.cancel();
      return found(name, whole);
    },
    async read(name) {
      const response = await ask(name, 'GET');
      if (!found(name, response)) throw new CheckpointError(`${locate(name)}: not found. Check the address.`);
      try {
        return new Uint8Array(await response.arrayBuffer());
      } catch (error) {
        throw new CheckpointError(`${locate(name)}: broke off while it was read. Try again.`, { cause: error });
      }
    },
    write: readOnly,
    rename: readOnly,
    remove: readOnly,
  };
}
