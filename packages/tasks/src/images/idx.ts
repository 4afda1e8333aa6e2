import { DataError } from '@elman/core';

/** Numbers of an IDX file and how they are laid out: the last axis goes fastest. */
export interface IdxArray {
  /** For example [images, height, width]; [labels] of a file of labels. */
  readonly shape: readonly number[];
  readonly values: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/**
 * Reads the bytes of an IDX file, the format of MNIST: two bytes of 0, the type of numbers, the number of axes, the
 * sizes (32 bits each, the highest byte first) and the numbers, big-endian too. The file has to be decompressed, which
 * a browser can do:
 *
 *   const { body } = await fetch('train-images-idx3-ubyte.gz');
 *   const unpacked = new Response(body.pipeThrough(new DecompressionStream('gzip')));
 *   const images = readIdx(new Uint8Array(await unpacked.arrayBuffer()));
 *
 * `where` is the prefix of error messages: the name of the file.
 * @throws {DataError} if the bytes are not such a file, or are too few or too many.
 * @see LeCun, Cortes & Burges, The MNIST database of handwritten digits
 */
export function readIdx(bytes: Uint8Array, where = 'readIdx'): IdxArray {
  const fail = (message: string): never => {
    throw new DataError(`${where}: ${message}`);
  };
  if (!(bytes instanceof Uint8Array)) return fail(`expected a Uint8Array of an IDX file, got ${typeof bytes}.`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return fail('expected an IDX file, got one packed by gzip; unpack it first.');
  const type = TYPES[bytes[2] ?? -1];
  const axes = bytes[3] ?? 0;
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || axes === 0) {
    const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ') || 'nothing';
    return fail(`expected an IDX file, which starts with 00 00, a type (08, 09, 0b to 0e) and its axes, got ${start}.`);
  }
  const header = 4 + 4 * axes;
  if (bytes.length < header)
    return fail(`expected the sizes of ${axes} axes, got ${bytes.length} bytes in all; it is cut off.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, axis) => product * axis, 1);
  const wanted = header + size * type.bytes;
  if (bytes.length !== wanted) {
    const problem = bytes.length < wanted ? 'it is cut off' : 'it is another file';
    return fail(`expected ${wanted} bytes for [${shape.join(', ')}], got ${bytes.length}; ${problem}.`);
  }
  return { shape, values: type.read(view, header, size) };
}

/** An element type: bytes per element, and a reader of `count` elements from an offset. */
interface IdxType {
  readonly bytes: number;
  read(view: DataView, start: number, size: number): IdxArray['values'];
}

function typeOf<A extends IdxArray['values']>(
  Values: { new (size: number): A; new (buffer: ArrayBufferLike): A; readonly BYTES_PER_ELEMENT: number },
  number?: (view: DataView, at: number) => number,
): IdxType {
  const bytes = Values.BYTES_PER_ELEMENT;
  return {
    bytes,
    read(view, start, size) {
      if (number === undefined) {
        const from = view.byteOffset + start;
        return new Values(view.buffer.slice(from, from + size));
      }
      const values = new Values(size);
      for (let i = 0; i < size; i++) values[i] = number(view, start + i * bytes);
      return values;
    },
  };
}

const TYPES: { readonly [code: number]: IdxType } = {
  8: typeOf(Uint8Array),
  9: typeOf(Int8Array),
  11: typeOf(Int16Array, (view, at) => view.getInt16(at)),
  12: typeOf(Int32Array, (view, at) => view.getInt32(at)),
  13: typeOf(Float32Array, (view, at) => view.getFloat32(at)),
  14: typeOf(Float64Array, (view, at) => view.getFloat64(at)),
};
