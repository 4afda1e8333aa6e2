import { dirname } from 'node:path';
import type { FileSystem } from '../../src/node/file-system.ts';

/** The process ends here. */
export class Stop extends Error {}

type Content = { bytes: Uint8Array; synced: Uint8Array };
type Entries = ReadonlyMap<string, Content | 'folder'>;
/** A change of the names in a folder that was not yet synced. */
type Change = { readonly folder: string; apply(entries: Map<string, Content | 'folder'>): void };

/**
 * A disk in memory that stops before its n-th operation. What was not synced before that may be lost: the bytes of a
 * file, and each change of the names in a folder by itself.
 */
export class Disk {
  /** What was done so far. */
  readonly operations: string[] = [];
  #stopAt = Number.POSITIVE_INFINITY;
  #failing = { at: -1, code: '' };
  #durable: Entries;
  #changes: Change[] = [];

  constructor(entries: Entries = new Map()) {
    this.#durable = entries;
  }

  /** Stops before the operation of this number, from 0, counted from here. */
  stopAt(operation: number): this {
    this.#stopAt = this.operations.length + operation;
    return this;
  }

  /** Makes the operation of this number fail, from 0, counted from here; those after it work. */
  failAt(operation: number, code: string): this {
    this.#failing = { at: this.operations.length + operation, code };
    return this;
  }

  /** The names of the files. */
  get names(): string[] {
    return [...this.#now().keys()].sort();
  }

  /** What the disk may hold after the process was killed: all that was done. */
  killed(): Disk {
    return new Disk(copyOf(this.#now(), ({ bytes }) => bytes));
  }

  /**
   * What the disk may hold after a power failure: all combinations of changes that were not synced, each with whole,
   * half and no bytes.
   */
  powerFailures(): Disk[] {
    const disks: Disk[] = [];
    for (let subset = 0; subset < 2 ** this.#changes.length; subset++) {
      const entries = new Map(this.#durable);
      for (const [i, change] of this.#changes.entries()) if ((subset >> i) & 1) change.apply(entries);
      const lasting = new Map([...entries].filter(([path]) => hasFolders(entries, path)));
      const unsynced = [...lasting.values()].some(
        (content) => content !== 'folder' && content.bytes !== content.synced,
      );
      for (const share of unsynced ? [0, 0.5, 1] : [0]) {
        disks.push(
          new Disk(
            copyOf(lasting, ({ bytes, synced }) =>
              bytes === synced || share === 0 ? synced : bytes.slice(0, share * bytes.length),
            ),
          ),
        );
      }
    }
    return disks;
  }

  readonly files: FileSystem = {
    access: async (path: string) => void this.#find(path),
    stat: async (path: string) => {
      const found = this.#find(path);
      return { mtimeMs: 0, isDirectory: () => found === 'folder' };
    },
    readdir: async (path: string) =>
      [...this.#now().keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1)),
    readFile: async (path: string) => Buffer.from((this.#find(path) as Content).bytes),
    mkdir: async (path: string) => {
      if (path === '/' || this.#now().has(path)) throw failure('EEXIST');
      if (dirname(path) !== '/') this.#find(dirname(path));
      this.#change(`mkdir ${path}`, path, (entries) => entries.set(path, 'folder'));
    },
    rename: async (from: string, to: string) => {
      const content = this.#find(from);
      this.#change(`rename ${from} ${to}`, to, (entries) => {
        entries.delete(from);
        entries.set(to, content);
      });
    },
    rm: async (path: string) => {
      if (this.#now().has(path)) this.#change(`rm ${path}`, path, (entries) => entries.delete(path));
    },
    open: async (path: string, flags: string) => {
      if (flags === 'r') return { sync: async () => this.#syncFolder(path), close: async () => {} };
      const content: Content = { bytes: NONE, synced: NONE };
      this.#change(`create ${path}`, path, (entries) => entries.set(path, content));
      return {
        writeFile: async (bytes: Uint8Array) => {
          content.bytes = bytes.slice(0, bytes.length / 2);
          this.#begin(`write ${path}`);
          content.bytes = bytes.slice();
        },
        sync: async () => {
          this.#begin(`sync ${path}`);
          content.synced = content.bytes;
        },
        close: async () => {},
      };
    },
  } as unknown as FileSystem;

  #begin(operation: string): void {
    if (this.operations.length >= this.#stopAt) throw new Stop(operation);
    this.operations.push(operation);
    if (this.operations.length - 1 === this.#failing.at) throw failure(this.#failing.code);
  }

  #change(operation: string, path: string, apply: Change['apply']): void {
    this.#begin(operation);
    this.#changes.push({ folder: dirname(path), apply });
  }

  #syncFolder(path: string): void {
    this.#begin(`sync ${path}`);
    const entries = new Map(this.#durable);
    for (const change of this.#changes) if (change.folder === path) change.apply(entries);
    this.#durable = entries;
    this.#changes = this.#changes.filter(({ folder }) => folder !== path);
  }

  #now(): Map<string, Content | 'folder'> {
    const entries = new Map(this.#durable);
    for (const change of this.#changes) change.apply(entries);
    return entries;
  }

  #find(path: string): Content | 'folder' {
    const found = path === '/' ? 'folder' : this.#now().get(path);
    if (found === undefined) throw failure('ENOENT');
    return found;
  }
}

const NONE = new Uint8Array(0);
const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Whether all folders on the path are there. */
function hasFolders(entries: Entries, path: string): boolean {
  return dirname(path) === '/' || (entries.has(dirname(path)) && hasFolders(entries, dirname(path)));
}

function copyOf(entries: Entries, bytesOf: (content: Content) => Uint8Array): Entries {
  const copies = new Map<string, Content | 'folder'>();
  for (const [path, content] of entries) {
    const bytes = content === 'folder' ? NONE : bytesOf(content);
    copies.set(path, content === 'folder' ? 'folder' : { bytes, synced: bytes });
  }
  return copies;
}
