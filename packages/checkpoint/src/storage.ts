import { CheckpointError } from '@elman/core';

/** Storage for the files of a run or a model, by plain names: `model.json`, `training.safetensors`. */
export interface Storage {
  /** The path of the file, for errors: `runs/poet/model.json`. */
  locate(name: string): string;
  exists(name: string): Promise<boolean>;
  /** @throws {CheckpointError} if there is no such file or it cannot be read. */
  read(name: string): Promise<Uint8Array>;
  /** Writes atomically and durably: if it fails, the previous file is kept. @throws {CheckpointError} */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Renames a file, atomically and durably, in place of one that has the name. @throws {CheckpointError} */
  rename(name: string, to: string): Promise<void>;
  /** Removes a file, if it is there. @throws {CheckpointError} if it cannot be removed. */
  remove(name: string): Promise<void>;
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
  const find = (name: string): Uint8Array => {
    const bytes = files.get(plainName(name));
    if (bytes !== undefined) return bytes;
    throw new CheckpointError(`${locate(name)}: not found; nothing was saved under this name.`);
  };
  return {
    locate,
    exists: async (name) => files.has(plainName(name)),
    read: async (name) => find(name).slice(),
    async write(name, bytes) {
      files.set(plainName(name), bytes.slice());
    },
    async rename(name, to) {
      files.set(plainName(to), find(name));
      files.delete(name);
    },
    async remove(name) {
      files.delete(plainName(name));
    },
  };
}
