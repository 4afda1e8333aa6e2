import { CheckpointError } from '@elman/core';

/** Storage for the files of a run or a model, by plain names: `model.json`, `training.safetensors`. */
export interface Storage {
  /** The path of the file, for errors: `runs/poet/model.json`. */
  locate(name: string): string;
  exists(name: string): Promise<boolean>;
  /** @throws {CheckpointError} if there is no such file or it cannot be read. */
  read(name: string): Promise<Uint8Array>;
  /** Writes atomically: if it fails, the previous file is kept. @throws {CheckpointError} */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** The name, if it is one plain name and no path. @throws {CheckpointError} */
export function plainName(name: string): string {
  if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name)) {
    throw new CheckpointError(`storage: expected a plain file name such as model.json, got "${name}".`);
  }
  return name;
}

/** Files in memory: for tests, and for passing on a model without a disk. */
export function memoryStorage(): Storage {
  const files = new Map<string, Uint8Array>();
  const locate = (name: string): string => `memory:${plainName(name)}`;
  return {
    locate,
    exists: async (name) => files.has(plainName(name)),
    async read(name) {
      const bytes = files.get(plainName(name));
      if (bytes === undefined)
        throw new CheckpointError(`${locate(name)}: not found; nothing was saved under this name.`);
      return bytes.slice();
    },
    async write(name, bytes) {
      files.set(plainName(name), bytes.slice());
    },
  };
}
