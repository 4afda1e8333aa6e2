import { checksumFlaw } from './checksum.ts';
import type { Values } from './dtypes.ts';
import type { Metadata } from './encode.ts';
import { readHeader } from './header.ts';
import { refuse } from './refuse.ts';

/** A tensor of a file, not yet on any backend. */
export interface StoredTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: number[];
  readonly values: Values;
}

/** The contents of a safetensors file. */
export interface Safetensors {
  /** The name of the file in errors. */
  readonly where: string;
  /** The tensors by name. */
  readonly entries: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Metadata;
}

/** Options of `decodeSafetensors`. */
export type DecodeOptions = {
  /** Refuses a file without a checksum. Without it only the checksum of a file that has one is verified. */
  readonly checksum?: boolean | undefined;
};

/**
 * Reads the bytes of a safetensors file. F16, BF16 and F64 become float32, I64 and shorter whole numbers int32.
 *
 * Everything is checked: the header's length, its JSON, every dtype, shape and offset, gaps, overlaps, duplicate names,
 * a truncated file, bytes left over, numbers out of range, the checksum if there is one. The values may be NaN or
 * infinite; `loadInto` refuses those.
 * @param where the name of the file in errors.
 * @throws {CheckpointError} one line: `runs/model.safetensors: truncated: the header promises 12,345 bytes, …`
 * @see https://github.com/huggingface/safetensors#format
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  where = 'safetensors',
  { checksum = false }: DecodeOptions = {},
): Safetensors {
  const { metadata, places, length } = readHeader(bytes, where);
  const flaw = checksumFlaw(bytes, { metadata, length }, checksum);
  if (flaw !== undefined) refuse(where, `damaged: ${flaw} Use an earlier checkpoint.`);
  const entries = new Map<string, StoredTensor>();
  for (const { name, stored, dtype, shape, begin, end } of places) {
    const values = dtype.read(new DataView(bytes.buffer, bytes.byteOffset + begin, end - begin));
    if (typeof values === 'string') {
      refuse(where, `${name}: ${values} (stored as ${stored}). Convert the file.`);
    }
    entries.set(name, { dtype: dtype.dtype, shape, values });
  }
  return { where, entries, metadata };
}
