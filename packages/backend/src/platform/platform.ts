import type { BackendName } from '../names.ts';

/** What differs between Node and a page. */
export interface Platform {
  /** The backends worth trying here, best first. */
  readonly order: readonly BackendName[];
  /** The backend that the environment asks for: `ELMAN_BACKEND`. */
  requested(): string | undefined;
  /** Imports one of tfjs's native packages. Throws as `import` does; undefined where there can be none. */
  importNative: ((packageName: string) => Promise<unknown>) | undefined;
}
