// Sums over rows: gradients w.r.t. biases.

/** Rows that are summed before their sum is added to the others, so that long sums stay exact. */
const BLOCK: i32 = 64;

/** The sums of the columns `from` to `to` of `rows` rows, `step` bytes apart. */
export function columnSums(part: i32, from: i32, to: i32, rows: i32, step: usize, source: usize, target: usize): void {
  let column = from;
  for (; column + 16 <= to; column += 16) sum16(rows, step, source + (<usize>column << 2), target + (<usize>column << 2));
  for (; column + 4 <= to; column += 4) sum4(rows, step, source + (<usize>column << 2), target + (<usize>column << 2));
  for (; column < to; column++) sum1(rows, step, source + (<usize>column << 2), target + (<usize>column << 2));
}

/** Sixteen columns, a cache line. */
function sum16(rows: i32, step: usize, at: usize, to: usize): void {
  const zero = f32x4.splat(0);
  let totalA = zero;
  let totalB = zero;
  let totalC = zero;
  let totalD = zero;
  for (let block = 0; block < rows; block += BLOCK) {
    let a = zero;
    let b = zero;
    let c = zero;
    let d = zero;
    const end = min(rows, block + BLOCK);
    for (let row = block; row < end; row++) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
      at += step;
    }
    totalA = f32x4.add(totalA, a);
    totalB = f32x4.add(totalB, b);
    totalC = f32x4.add(totalC, c);
    totalD = f32x4.add(totalD, d);
  }
  v128.store(to, totalA);
  v128.store(to, totalB, 16);
  v128.store(to, totalC, 32);
  v128.store(to, totalD, 48);
}

function sum4(rows: i32, step: usize, at: usize, to: usize): void {
  let total = f32x4.splat(0);
  for (let block = 0; block < rows; block += BLOCK) {
    let sum = f32x4.splat(0);
    const end = min(rows, block + BLOCK);
    for (let row = block; row < end; row++) {
      sum = f32x4.add(sum, v128.load(at));
      at += step;
    }
    total = f32x4.add(total, sum);
  }
  v128.store(to, total);
}

function sum1(rows: i32, step: usize, at: usize, to: usize): void {
  let total: f32 = 0;
  for (let block = 0; block < rows; block += BLOCK) {
    let sum: f32 = 0;
    const end = min(rows, block + BLOCK);
    for (let row = block; row < end; row++) {
      sum += f32.load(at);
      at += step;
    }
    total += sum;
  }
  f32.store(to, total);
}
