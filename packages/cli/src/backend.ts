import { type BackendName, type Selection, selectBackend } from '@elman/backend';

/** Readies a backend by the name that a person typed, or the best there is. */
export function readyBackend(name: string | undefined): Promise<Selection> {
  return selectBackend(name as BackendName | undefined);
}
