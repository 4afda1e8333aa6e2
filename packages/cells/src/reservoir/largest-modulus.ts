type Matrix = Float64Array;

/**
 * The largest modulus of the eigenvalues of the Hessenberg matrix of the first `order` rows and columns of a matrix, in rows of `size`,
 * which is overwritten: QR steps with double shifts in float64,
 * which find pairs of complex eigenvalues without complex numbers.
 *
 * @see Francis 1961; Golub & Van Loan, "Matrix computations", §7.5
 */
export function largestModulus(h: Matrix, size: number, order: number): number {
  const at = (i: number, j: number): number => h[i * size + j] as number;
  const scale = h.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  let largest = 0;
  let high = order - 1;
  for (let steps = 0; high >= 0; ) {
    const low = blockStart(h, size, high, scale);
    if (high - low < 2) {
      const modulus = low === high ? Math.abs(at(high, high)) : modulusOfPair(h, size, low);
      largest = Math.max(largest, modulus);
      high = low - 1;
      steps = 0;
      continue;
    }
    steps++;
    const [trace, determinant] =
      steps % 10 === 0 ? exceptionalShifts(at(high, high - 1), at(high - 1, high - 2)) : shifts(h, size, high);
    francisStep(h, size, low, high, trace, determinant);
  }
  return largest;
}

/** The first row of the block that ends with row `high` and is not yet split by a 0 below the diagonal. */
function blockStart(h: Matrix, size: number, high: number, scale: number): number {
  for (let row = high; row > 0; row--) {
    const around = Math.abs(h[row * size + row] as number) + Math.abs(h[(row - 1) * size + row - 1] as number);
    const limit = Number.EPSILON * (around === 0 ? scale : around);
    if (Math.abs(h[row * size + row - 1] as number) <= limit) return row;
  }
  return 0;
}

/** Trace and determinant of the last 2×2 block: its eigenvalues are the shifts. */
function shifts(h: Matrix, size: number, high: number): readonly [number, number] {
  const last = (high - 1) * size + high - 1;
  const [a, b, c, d] = [h[last], h[last + 1], h[last + size], h[last + size + 1]] as [number, number, number, number];
  return [a + d, a * d - b * c];
}

/** Shifts that end a cycle. */
function exceptionalShifts(last: number, previous: number): readonly [number, number] {
  const sum = Math.abs(last) + Math.abs(previous);
  return [1.5 * sum, sum * sum];
}

function modulusOfPair(h: Matrix, size: number, low: number): number {
  const [trace, determinant] = shifts(h, size, low + 1);
  const discriminant = (trace * trace) / 4 - determinant;
  return discriminant < 0 ? Math.sqrt(determinant) : Math.abs(trace) / 2 + Math.sqrt(discriminant);
}

/** One QR step with two shifts, on rows and columns `low` to `high`: a bulge is made at the top and pushed out at the end. */
function francisStep(h: Matrix, size: number, low: number, high: number, trace: number, determinant: number): void {
  const at = (i: number, j: number): number => h[i * size + j] as number;
  let x = at(low, low) ** 2 + at(low, low + 1) * at(low + 1, low) - trace * at(low, low) + determinant;
  let y = at(low + 1, low) * (at(low, low) + at(low + 1, low + 1) - trace);
  let z = at(low + 1, low) * at(low + 2, low + 1);
  for (let k = low; k < high; k++) {
    const norm = Math.sqrt(x * x + y * y + z * z);
    if (norm > 0) {
      const u = x > 0 ? x + norm : x - norm;
      const half = (u * u + y * y + z * z) / 2;
      reflect(h, [k * size, size, 1], [u, y, z], half, [Math.max(k - 1, low), high]);
      reflect(h, [k, 1, size], [u, y, z], half, [low, Math.min(k + 3, high)]);
    }
    x = at(k + 1, k);
    y = k + 2 <= high ? at(k + 2, k) : 0;
    z = k + 3 <= high ? at(k + 3, k) : 0;
  }
}

/** Reflects at (u, y, z) three lines, or two where z is 0, which start at `start` and are `apart`; `step` leads along them. */
function reflect(
  h: Matrix,
  [start, apart, step]: readonly [number, number, number],
  [u, y, z]: readonly [number, number, number],
  half: number,
  [from, to]: readonly [number, number],
): void {
  for (let i = from; i <= to; i++) {
    const first = start + i * step;
    const [second, third] = [first + apart, first + 2 * apart];
    const along =
      (u * (h[first] as number) + y * (h[second] as number) + (z === 0 ? 0 : z * (h[third] as number))) / half;
    h[first] = (h[first] as number) - along * u;
    h[second] = (h[second] as number) - along * y;
    if (z !== 0) h[third] = (h[third] as number) - along * z;
  }
}
