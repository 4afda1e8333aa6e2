// An access to the memory of a Neural Turing machine. See ntm-places.ts.
import { exp, flush, log4, madd, sigmoid, tanh } from './activations';
import { load, store } from './lanes';
import {
  addAt, addScaledTo, cellStep, commandSize, dot, eraseAt, headsAt, headStep, interpolate, LENGTH_EPSILON, lengthFrom,
  lengthsAt, placeNtm, reads, scaled, shifts, slots, slotStep, surround, traceSize, WEIGHT_EPSILON, weightStep, width,
  writes,
} from './ntm-places';
import { expsAbove, log, maximum, sumOfRow } from './softmax';

/** The room that a part of `forwardNtm` needs, in numbers. */
export function ntmRoom(slots: i32, shifts: i32): i32 {
  return slots + 2 * shifts;
}

/** The rows `from` to `to`: read, after and weightsAfter, and the trace. */
export function forwardNtm(
  part: i32, from: i32, to: i32, slots: i32, width: i32, reads: i32, writes: i32, shifts: i32,
  cells: usize, weights: usize, command: usize, read: usize, after: usize, weightsAfter: usize, trace: usize, room: usize,
): void {
  placeNtm(slots, width, reads, writes, shifts);
  const place = room + <usize>part * (<usize>ntmRoom(slots, shifts) << 2);
  for (let row: usize = from; row < <usize>to; row++) {
    const own = trace + row * traceSize;
    const before = cells + row * slotStep * width;
    const now = after + row * slotStep * width;
    const goes = weightsAfter + row * weightStep;
    squash(command + row * commandSize, own);
    lengths(before, own + lengthsAt);
    for (let head = 0; head < reads + writes; head++) {
      const at = <usize>head * slotStep;
      address(head, before, weights + row * weightStep + at, own, goes + at, place);
    }
    write(before, goes + <usize>reads * slotStep, own, now);
    for (let head = 0; head < reads; head++) {
      sumOfSlots(now, goes + <usize>head * slotStep, read + (row * reads + head) * cellStep);
    }
  }
}

/** Sums of squares of four slots, or with `key` their products with it. */
// @ts-ignore: decorator
@inline
function sums4(a: usize, key: usize): v128 {
  const b = a + cellStep;
  const c = b + cellStep;
  const d = c + cellStep;
  const vectors = <usize>(width & ~3) << 2;
  let sumA = f32x4.splat(0);
  let sumB = sumA;
  let sumC = sumA;
  let sumD = sumA;
  for (let k: usize = 0; k < cellStep; ) {
    const size: usize = k < vectors ? 16 : 4;
    const whole = k < vectors;
    const mA = whole ? v128.load(a + k) : v128.load32_zero(a + k);
    const mB = whole ? v128.load(b + k) : v128.load32_zero(b + k);
    const mC = whole ? v128.load(c + k) : v128.load32_zero(c + k);
    const mD = whole ? v128.load(d + k) : v128.load32_zero(d + k);
    if (key) {
      const by = whole ? v128.load(key + k) : v128.load32_zero(key + k);
      sumA = madd(mA, by, sumA);
      sumB = madd(mB, by, sumB);
      sumC = madd(mC, by, sumC);
      sumD = madd(mD, by, sumD);
    } else {
      sumA = madd(mA, mA, sumA);
      sumB = madd(mB, mB, sumB);
      sumC = madd(mC, mC, sumC);
      sumD = madd(mD, mD, sumD);
    }
    k += size;
  }
  const ab = f32x4.add(v128.shuffle<f32>(sumA, sumB, 0, 4, 1, 5), v128.shuffle<f32>(sumA, sumB, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(sumC, sumD, 0, 4, 1, 5), v128.shuffle<f32>(sumC, sumD, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** The length of each slot. */
function lengths(cells: usize, to: usize): void {
  const end = to + slotStep;
  const least = f32x4.splat(LENGTH_EPSILON * LENGTH_EPSILON);
  for (; to + 16 <= end; to += 16) {
    v128.store(to, f32x4.sqrt(f32x4.add(sums4(cells, 0), least)));
    cells += 4 * cellStep;
  }
  for (; to < end; to += 4) {
    f32.store(to, lengthFrom(dot(cells, cells, width)));
    cells += cellStep;
  }
}

/** The cosine of a key and each slot. */
function cosinesOf(cells: usize, key: usize, length: f32, lengths: usize, to: usize): void {
  const end = to + slotStep;
  const least = f32x4.splat(LENGTH_EPSILON);
  for (; to + 16 <= end; to += 16) {
    v128.store(to, f32x4.div(sums4(cells, key), madd(v128.load(lengths), f32x4.splat(length), least)));
    cells += 4 * cellStep;
    lengths += 16;
  }
  for (; to < end; to += 4) {
    f32.store(to, dot(cells, key, width) / (length * f32.load(lengths) + LENGTH_EPSILON));
    cells += cellStep;
    lengths += 4;
  }
}

/** log(1 + eˣ) */
function softplus(x: f32): f32 {
  const e = f32x4.extract_lane(exp(f32x4.splat(-abs(x))), 0);
  const more: f32 = e < 1e-3 ? e - 0.5 * e * e : <f32>log(1 + <f64>e);
  return max<f32>(x, 0) + more;
}

function squash(raw: usize, to: usize): void {
  for (let head = 0; head < reads + writes; head++) {
    const at = <usize>head * headStep;
    tanhs(raw + at, to + at, width);
    const rest = at + cellStep;
    f32.store(to + rest, softplus(f32.load(raw + rest)));
    f32.store(to + rest + 4, f32x4.extract_lane(sigmoid(v128.load32_splat(raw + rest + 4)), 0));
    softmax(raw + rest + 8, 1, 2 * shifts + 1, to + rest + 8);
    const last = at + headStep - 4;
    f32.store(to + last, softplus(f32.load(raw + last)));
  }
  sigmoids(raw + eraseAt, to + eraseAt, width * writes);
  tanhs(raw + addAt, to + addAt, width * writes);
}

function tanhs(x: usize, to: usize, count: i32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16) {
    v128.store(to, tanh(v128.load(x)));
    to += 16;
  }
  for (; x < end; x += 4) {
    v128.store_lane<f32>(to, tanh(v128.load32_splat(x)), 0);
    to += 4;
  }
}

function sigmoids(x: usize, to: usize, count: i32): void {
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16) {
    v128.store(to, sigmoid(v128.load(x)));
    to += 16;
  }
  for (; x < end; x += 4) {
    v128.store_lane<f32>(to, sigmoid(v128.load32_splat(x)), 0);
    to += 4;
  }
}

/** softmax(factor·x) */
function softmax(x: usize, factor: f32, count: i32, to: usize): void {
  scaled(x, factor, count, to);
  expsAbove(to, to, count, maximum(to, count));
  scaled(to, 1 / sumOfRow(to, count), count, to);
}

/** The weights of a head, to `to` and the trace. */
function address(head: i32, cells: usize, previous: usize, trace: usize, to: usize, room: usize): void {
  const key = trace + <usize>head * headStep;
  const rest = key + cellStep;
  const cosines = trace + headsAt + <usize>head * 4 * slotStep;
  const content = cosines + slotStep;
  const logs = content + slotStep;
  cosinesOf(cells, key, lengthFrom(dot(key, key, width)), trace + lengthsAt, cosines);
  softmax(cosines, f32.load(rest), slots, content);
  interpolate(content, previous, f32.load(rest + 4), room + (<usize>shifts << 2));
  surround(room);
  for (let i = 0; i < slots; ) {
    const at = <usize>i << 2;
    const whole = i + 4 <= slots;
    let sum = f32x4.splat(WEIGHT_EPSILON);
    for (let o = 0; o <= 2 * shifts; o++) {
      const from = room + at + (<usize>(2 * shifts - o) << 2);
      sum = madd(whole ? v128.load(from) : v128.load32_splat(from), v128.load32_splat(rest + 8 + (<usize>o << 2)), sum);
    }
    if (whole) v128.store(logs + at, log4(sum));
    else v128.store_lane<f32>(logs + at, log4(sum), 0);
    i += whole ? 4 : 1;
  }
  softmax(logs, 1 + f32.load(key + headStep - 4), slots, to);
  memory.copy(logs + slotStep, to, slotStep);
}

/** M' = M⊙Π(1 − w·e) + Σ w·a, for each slot. */
function write(before: usize, weights: usize, trace: usize, to: usize): void {
  const vectors = <usize>(width & ~3) << 2;
  for (let i = 0; i < slots; i++) {
    const weight = weights + (<usize>i << 2);
    let k: usize = 0;
    for (; k < vectors; k += 16) store(to + k, flush(written(load(before + k, 16), weight, trace + k, 16)), 16);
    for (; k < cellStep; k += 4) store(to + k, flush(written(load(before + k, 4), weight, trace + k, 4)), 4);
    before += cellStep;
    to += cellStep;
  }
}

/** The new values of some numbers m of a slot; `weight` is the address of the first write head's. */
// @ts-ignore: decorator
@inline
export function written(m: v128, weight: usize, trace: usize, size: usize): v128 {
  let kept = m;
  let added = f32x4.splat(0);
  let vectors = trace + eraseAt;
  for (let head = 0; head < writes; head++) {
    const w = v128.load32_splat(weight);
    kept = f32x4.sub(kept, f32x4.mul(kept, f32x4.mul(w, load(vectors, size))));
    added = madd(w, load(vectors + addAt - eraseAt, size), added);
    weight += slotStep;
    vectors += cellStep;
  }
  return f32x4.add(kept, added);
}

/** Σᵢ wᵢ·Mᵢ */
function sumOfSlots(cells: usize, weights: usize, to: usize): void {
  memory.fill(to, 0, cellStep);
  for (let i = 0; i < slots; i++) {
    addScaledTo(cells, f32.load(weights), width, to);
    cells += cellStep;
    weights += 4;
  }
}
