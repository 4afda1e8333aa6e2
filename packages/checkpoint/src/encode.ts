import { CheckpointError, type Tree, tree } from '@elman/core';
import { WRITTEN } from './dtypes.ts';

/** Texts stored beside the tensors: what made the file, options as JSON, progress as JSON. */
export type Metadata = { readonly [key: string]: string };

/**
 * A tree of tensors as the bytes of a safetensors file, each leaf under its path (`layers.0.kernel`).
 *
 *   8 bytes: length of the header, little-endian; the header: JSON, padded with spaces to 8 bytes; the data, no gaps
 *
 * float32, int32 and bool are stored as F32, I32 and BOOL. Equal trees give equal bytes, which are those that Python's
 * `safetensors` writes. The tensors are read at the time of the call and may be disposed once the promise is there.
 * @throws {CheckpointError} if a leaf is of another dtype or metadata is not text.
 * @see https://github.com/huggingface/safetensors#format
 */
export async function encodeSafetensors(of: Tree, metadata: Metadata = {}): Promise<Uint8Array> {
  const order = [...WRITTEN.keys()];
  const entries = tree.entries(of).sort(([a, x], [b, y]) => {
    return order.indexOf(x.dtype) - order.indexOf(y.dtype) || (a < b ? -1 : 1);
  });
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = checkMetadata(metadata);
  let end = 0;
  for (const [path, { dtype, shape, size }] of entries) {
    const stored = WRITTEN.get(dtype);
    if (stored === undefined || path === '__metadata__') {
      const wanted = path === '__metadata__' ? 'another name' : [...WRITTEN.keys()].join(', ');
      throw new CheckpointError(`safetensors: ${path}: expected ${wanted}, got ${dtype}; it cannot be stored.`);
    }
    const begin = end;
    end += size * (dtype === 'bool' ? 1 : 4);
    header[path] = { dtype: stored, shape, data_offsets: [begin, end] };
  }
  const values = await Promise.all(entries.map(([, leaf]) => leaf.data()));
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of values) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

function checkMetadata(metadata: Metadata): Metadata {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new CheckpointError(
        `safetensors: metadata: ${key}: expected a text, got ${typeof value}; use JSON.stringify.`,
      );
    }
  }
  return metadata;
}
