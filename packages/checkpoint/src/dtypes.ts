import type { DataType } from '@tensorflow/tfjs-core';

/** The values of a stored tensor, in the typed array that TensorFlow.js takes for its dtype. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** A dtype of safetensors that can be read: bytes per element, the dtype it becomes, and how. */
export interface StoredDtype {
  readonly bytes: number;
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** Reads `view` (a whole number of elements, little-endian); or returns why the values cannot be represented. */
  read(view: DataView): Values | string;
}

/** A dtype of tensors that can be written. */
export interface WrittenDtype {
  readonly stored: string;
  readonly bytes: number;
  /** The values as they are stored, from any array type that a backend returns. */
  typed(values: ArrayLike<number>): Values;
}

/** The dtypes that are written, in the order of the file: the widest first, so that every tensor is aligned. */
export const WRITTEN: ReadonlyMap<DataType, WrittenDtype> = new Map<DataType, WrittenDtype>([
  [
    'float32',
    {
      stored: 'F32',
      bytes: 4,
      typed: (values) => (values instanceof Float32Array ? values : Float32Array.from(values)),
    },
  ],
  [
    'int32',
    { stored: 'I32', bytes: 4, typed: (values) => (values instanceof Int32Array ? values : Int32Array.from(values)) },
  ],
  [
    'bool',
    { stored: 'BOOL', bytes: 1, typed: (values) => (values instanceof Uint8Array ? values : Uint8Array.from(values)) },
  ],
]);

const float32 = (bytes: number, at: (view: DataView, offset: number) => number): StoredDtype => ({
  bytes,
  dtype: 'float32',
  read(view) {
    const values = new Float32Array(view.byteLength / bytes);
    for (let i = 0; i < values.length; i++) {
      const value = at(view, i * bytes);
      values[i] = value;
      if (Number.isFinite(value) && !Number.isFinite(values[i])) return `${value} does not fit into float32`;
    }
    return values;
  },
});

const int32 = (bytes: number, at: (view: DataView, offset: number) => number | bigint): StoredDtype => ({
  bytes,
  dtype: 'int32',
  read(view) {
    const values = new Int32Array(view.byteLength / bytes);
    for (let i = 0; i < values.length; i++) {
      const value = at(view, i * bytes);
      if (value < -0x80000000 || value > 0x7fffffff) return `${value} does not fit into int32`;
      values[i] = Number(value);
    }
    return values;
  },
});

const bool: StoredDtype = {
  bytes: 1,
  dtype: 'bool',
  read(view) {
    const values = new Uint8Array(view.byteLength);
    for (let i = 0; i < values.length; i++) {
      const value = view.getUint8(i);
      if (value > 1) return `the byte ${value} is no boolean`;
      values[i] = value;
    }
    return values;
  },
};

/** The dtypes that are read. F16, BF16 and F64 become float32; integers become int32 if they are in range. */
export const READ: ReadonlyMap<string, StoredDtype> = new Map([
  ['F32', float32(4, (view, offset) => view.getFloat32(offset, true))],
  ['F64', float32(8, (view, offset) => view.getFloat64(offset, true))],
  ['F16', float32(2, (view, offset) => fromHalf(view.getUint16(offset, true)))],
  ['BF16', float32(2, (view, offset) => fromBfloat(view.getUint16(offset, true)))],
  ['I32', int32(4, (view, offset) => view.getInt32(offset, true))],
  ['I64', int32(8, (view, offset) => view.getBigInt64(offset, true))],
  ['I16', int32(2, (view, offset) => view.getInt16(offset, true))],
  ['I8', int32(1, (view, offset) => view.getInt8(offset))],
  ['U8', int32(1, (view, offset) => view.getUint8(offset))],
  ['BOOL', bool],
]);

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function fromBfloat(bits: number): number {
  word.setUint32(0, bits * 0x10000);
  return word.getFloat32(0);
}
