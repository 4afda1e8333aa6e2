import { CheckpointError, type Tree, tree } from '@elman/core';
import { fillIn, unsummed } from './checksum.ts';
import { type Values, WRITTEN, type WrittenDtype } from './dtypes.ts';
import { byBytes, isUnicode } from './names.ts';

/**
 * Strings stored with the tensors: the writer, options as JSON, progress as JSON. They are written in the order of the
 * object; Python writes more than one in no particular order.
 */
export type Metadata = { readonly [key: string]: string };

/** Options of `encodeSafetensors`. */
export type EncodeOptions = {
  /**
   * Stores a CRC-32 of the complete file in its metadata, as `checksum`, so that reading detects any changed byte. Off by
   * default: without it the file is byte-equal to that of Python's `safetensors`.
   */
  readonly checksum?: boolean | undefined;
  /** Refuses numbers that are NaN or infinite, which `loadInto` would refuse. Off by default. */
  readonly finite?: boolean | undefined;
  /** What is saved, in errors. Default: safetensors. */
  readonly where?: string | undefined;
};

/**
 * A tree of tensors as the bytes of a safetensors file, each leaf under its path (`layers.0.kernel`).
 *
 *   8 bytes: length of the header, little-endian; the header: JSON, padded with spaces to 8 bytes; the data, no gaps
 *
 * float32, int32 and bool are stored as F32, I32 and BOOL, the widest first, within a dtype by the bytes of their
 * names. Equal trees give equal bytes, the same as Python's `safetensors`. The tensors are read during the call and may
 * be disposed once it has returned.
 * @throws {CheckpointError} if a leaf is of another dtype, two have one path, or metadata is not text.
 * @see https://github.com/huggingface/safetensors#format
 */
export async function encodeSafetensors(
  of: Tree,
  metadata: Metadata = {},
  { checksum = false, finite = false, where = 'safetensors' }: EncodeOptions = {},
): Promise<Uint8Array> {
  const leaves = tree.entries(of).map(([name, tensor]) => ({ name, tensor, dtype: writtenDtype(name, tensor.dtype) }));
  const order = [...WRITTEN.values()];
  leaves.sort((a, b) => order.indexOf(a.dtype) - order.indexOf(b.dtype) || byBytes(a.name, b.name));
  expectNames(leaves.map(({ name }) => name));

  if (checksum && 'checksum' in metadata) {
    throw new CheckpointError(
      'safetensors: metadata: checksum: this key is taken by the checksum itself; use another.',
    );
  }
  const texts = checksum ? { ...unsummed, ...checkMetadata(metadata) } : checkMetadata(metadata);
  const described: string[] = Object.keys(texts).length > 0 ? [member('__metadata__', texts)] : [];
  let end = 0;
  for (const { name, tensor, dtype } of leaves) {
    const begin = end;
    end += tensor.size * dtype.bytes;
    described.push(member(name, { dtype: dtype.stored, shape: tensor.shape, data_offsets: [begin, end] }));
  }
  const values = await Promise.all(leaves.map(async ({ tensor, dtype }) => dtype.typed(await tensor.data())));
  if (finite) for (const [i, { name }] of leaves.entries()) expectFinite(where, name, values[i] as Values);
  const bytes = assemble(`{${described.join(',')}}`, values, end);
  if (checksum) fillIn(bytes, bytes.length - end - 8);
  return bytes;
}

function expectFinite(where: string, name: string, values: Values): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const found = `${values[bad]} at element ${bad} of ${values.length}`;
  throw new CheckpointError(
    `${where}: ${name}: not finite: ${found}; nothing was written. Save parameters from before they diverged.`,
  );
}

function assemble(header: string, values: readonly Values[], size: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + size).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of values) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

const member = (key: string, value: unknown): string => `${JSON.stringify(key)}:${JSON.stringify(value)}`;

function writtenDtype(name: string, dtype: string): WrittenDtype {
  if (name === '__metadata__') {
    throw new CheckpointError(`safetensors: __metadata__: no tensor can have this name; rename it.`);
  }
  const written = WRITTEN.get(dtype as never);
  if (written === undefined) {
    const known = [...WRITTEN.keys()].join(', ');
    throw new CheckpointError(`safetensors: ${name}: expected one of ${known}, got ${dtype}; leave it out or cast it.`);
  }
  return written;
}

function expectNames(names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    if (!isUnicode(name)) throw new CheckpointError(`safetensors: ${name}: expected a name of Unicode; rename it.`);
    if (names.indexOf(name) < i) {
      throw new CheckpointError(`safetensors: ${name}: two tensors have this path; rename one.`);
    }
  }
}

function checkMetadata(metadata: Metadata): Metadata {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new CheckpointError(
        `safetensors: metadata: ${key}: expected a text, got ${typeof value}; use JSON.stringify.`,
      );
    }
    if (!isUnicode(`${key} ${value}`)) {
      throw new CheckpointError(
        `safetensors: metadata: ${key}: expected a text of Unicode; leave half a character out.`,
      );
    }
  }
  return metadata;
}
