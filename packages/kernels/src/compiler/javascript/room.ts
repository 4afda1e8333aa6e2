let room: Float32Array | undefined = new Float32Array(0);

/**
 * Calls `f` with an array of at least this many numbers, uninitialised, which is used again by the next call: it grows to the largest
 * request.
 */
export function withRoom<T>(size: number, f: (values: Float32Array) => T): T {
  const free = room;
  const values = free !== undefined && free.length >= size ? free : new Float32Array(size);
  room = undefined;
  try {
    return f(values);
  } finally {
    room = values;
  }
}
