import type { BackendName } from '../names.ts';

/** What differs between Node and a page. */
export interface Platform {
  readonly name: 'node' | 'page';
  /** The backends worth trying here, best first. */
  readonly order: readonly BackendName[];
  /** The backend that the environment asks for: `ELMAN_BACKEND`. */
  requested(): string | undefined;
  /** Why there is no file at an address: in Node a path, in a page a URL. One request; undefined where there is one. */
  whyMissing(address: string): Promise<string | undefined>;
  /** Imports one of tfjs's native packages. Throws as `import` does; undefined where there can be none. */
  importNative: ((packageName: string) => Promise<unknown>) | undefined;
}
