import { crc32, hex } from './crc32.ts';
import { refuse } from './refuse.ts';
import type { Storage } from './storage.ts';

/** The name of the manifest in a folder. */
export const MANIFEST = 'manifest.json';
const FORMAT = 'elman-manifest';
const VERSION = 1;

/** What a manifest says of a file. */
export type Entry = {
  readonly bytes: number;
  /** Eight hexadecimal digits. */
  readonly crc32: string;
  /** The file may grow after the save, and is not checked: a log. */
  readonly log?: true;
};

/** The files of a save by their names. */
export type Entries = { readonly [name: string]: Entry };

/** The entry of a file. */
export const entryOf = (bytes: Uint8Array): Entry => ({ bytes: bytes.length, crc32: hex(crc32(bytes)) });

/** Whether these are the bytes of an entry. */
export const matches = (bytes: Uint8Array, entry: Entry): boolean =>
  bytes.length === entry.bytes && hex(crc32(bytes)) === entry.crc32;

/** The end of a manifest: the CRC-32 of the complete file, computed with its own digits as 0. */
const ending = (digits: string): string => `,\n  "checksum": "crc32:${digits}"\n}\n`;
const ZEROS = '0'.repeat(8);
const utf8 = new TextEncoder();
/** More than a manifest of any save has. */
const LARGEST = 1_000_000;

/** The bytes of a manifest. */
export function encodeManifest(files: Entries): Uint8Array {
  const body = JSON.stringify({ format: FORMAT, version: VERSION, files }, null, 2).slice(0, -2);
  return utf8.encode(body + ending(hex(crc32(utf8.encode(body + ending(ZEROS))))));
}

/**
 * The files that a manifest names.
 * @throws {CheckpointError} if a byte has changed, or another release wrote it.
 */
function decodeManifest(bytes: Uint8Array, where: string): Entries {
  if (bytes.length > LARGEST) refuse(where, `expected at most ${LARGEST} bytes, got ${bytes.length}. Check the path.`);
  const start = Math.max(0, bytes.length - ending(ZEROS).length);
  const sum = hex(crc32(utf8.encode(ending(ZEROS)), crc32(bytes.subarray(0, start))));
  if (!areEqual(bytes.subarray(start), utf8.encode(ending(sum)))) {
    refuse(where, 'damaged: its checksum is missing or wrong. Use an earlier copy of the folder, or save again.');
  }
  const { format, version, files } = parsed(bytes);
  if (format !== FORMAT) refuse(where, `not a manifest of @elman/checkpoint. Check the path.`);
  if (version !== VERSION) refuse(where, `of another version than ${VERSION}. Use the release that wrote it.`);
  if (!isRecord(files) || !Object.values(files).every(isEntry)) refuse(where, 'damaged: files. Save again.');
  return files as Entries;
}

/** The object that a manifest is; empty if it is none. */
function parsed(bytes: Uint8Array): { readonly [key: string]: unknown } {
  try {
    const found: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return isRecord(found) ? found : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isEntry(value: unknown): value is Entry {
  const { bytes, crc32, log } = (isRecord(value) ? value : {}) as Partial<Entry>;
  const isSum = typeof crc32 === 'string' && /^[0-9a-f]{8}$/.test(crc32);
  return Number.isSafeInteger(bytes) && isSum && (log === undefined || log === true);
}

/** Whether two files have the same bytes. */
export function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A manifest as it was read. */
export interface Manifest {
  readonly bytes: Uint8Array;
  readonly files: Entries;
}

/**
 * The manifest of a storage.
 * @throws {CheckpointError} if there is none, or it is damaged.
 */
export async function readManifest(storage: Storage): Promise<Manifest> {
  const bytes = await storage.read(MANIFEST);
  return { bytes, files: decodeManifest(bytes, storage.locate(MANIFEST)) };
}
