const WRITERS = {
  8: [1, (view: DataView, at: number, x: number) => view.setUint8(at, x)],
  9: [1, (view: DataView, at: number, x: number) => view.setInt8(at, x)],
  11: [2, (view: DataView, at: number, x: number) => view.setInt16(at, x)],
  12: [4, (view: DataView, at: number, x: number) => view.setInt32(at, x)],
  13: [4, (view: DataView, at: number, x: number) => view.setFloat32(at, x)],
  14: [8, (view: DataView, at: number, x: number) => view.setFloat64(at, x)],
} as const;

/** The bytes of an IDX file of these numbers. */
export function idxBytes(type: keyof typeof WRITERS, shape: readonly number[], numbers: readonly number[]): Uint8Array {
  const [size, write] = WRITERS[type];
  const header = 4 + 4 * shape.length;
  const view = new DataView(new ArrayBuffer(header + size * numbers.length));
  view.setUint32(0, type * 256 + shape.length);
  for (const [axis, length] of shape.entries()) view.setUint32(4 + 4 * axis, length);
  for (const [i, number] of numbers.entries()) write(view, header + i * size, number);
  return new Uint8Array(view.buffer);
}
