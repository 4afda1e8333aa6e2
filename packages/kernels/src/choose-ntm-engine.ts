import { javascriptNtm } from './javascript-ntm.ts';
import type { NtmEngine } from './ntm-engine.ts';
import { storages } from './storage.ts';

const engines = new WeakMap<object, NtmEngine>();

/** The engine of a backend. */
export function ntmEngineOf(backendName: string, backend: object): NtmEngine {
  const known = engines.get(backend);
  if (known !== undefined) return known;
  const made = javascriptNtm((storages[backendName] as NonNullable<(typeof storages)[string]>)(backend));
  engines.set(backend, made);
  return made;
}
