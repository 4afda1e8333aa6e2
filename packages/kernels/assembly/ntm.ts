// An access to the memory of a Neural Turing machine: sizes and places, and the access itself. Rows are as wide as they are, without
// padding. `trace` holds for the gradient what traceOf in src/ntm-engine.ts says.
import { exp, flush, log4, madd, sigmoid, tanh } from './activations';
import { load, store } from './lanes';
import { expsAbove, log, maximum, sumOfRow } from './softmax';

/** ε of lengths, and what is added to weights before their logarithm. */
export const LENGTH_EPSILON: f32 = 1e-6;
const WEIGHT_EPSILON: f32 = 1e-12;

// Sizes of the access at work, in numbers, and in bytes what is called a step.
export let slots: i32 = 0;
export let width: i32 = 0;
export let reads: i32 = 0;
export let writes: i32 = 0;
export let shifts: i32 = 0;
export let headStep: usize = 0;
export let cellStep: usize = 0;
export let slotStep: usize = 0;
export let weightStep: usize = 0;
export let commandSize: usize = 0;
export let traceSize: usize = 0;
/** Bytes from the start of a row's trace. */
export let eraseAt: usize = 0;
export let addAt: usize = 0;
export let lengthsAt: usize = 0;
export let headsAt: usize = 0;

/** To be called first. */
export function placeNtm(slots_: i32, width_: i32, reads_: i32, writes_: i32, shifts_: i32): void {
  slots = slots_;
  width = width_;
  reads = reads_;
  writes = writes_;
  shifts = shifts_;
  headStep = <usize>(width + 2 * shifts + 4) << 2;
  cellStep = <usize>width << 2;
  slotStep = <usize>slots << 2;
  weightStep = slotStep * (reads + writes);
  eraseAt = headStep * (reads + writes);
  addAt = eraseAt + cellStep * writes;
  commandSize = addAt + cellStep * writes;
  lengthsAt = commandSize;
  headsAt = lengthsAt + slotStep;
  traceSize = headsAt + 4 * weightStep;
}

/** Numbers of room that a part of `forwardNtm` needs. */
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
    for (let i = 0; i < slots; i++) {
      const slot = before + <usize>i * cellStep;
      f32.store(own + lengthsAt + (<usize>i << 2), lengthFrom(dot(slot, slot, width)));
    }
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

/** √(x + ε²) */
// @ts-ignore: decorator
@inline
export function lengthFrom(square: f32): f32 {
  return sqrt(square + LENGTH_EPSILON * LENGTH_EPSILON);
}

// @ts-ignore: decorator
@inline
export function across(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Σ x·y */
// @ts-ignore: decorator
@inline
export function dot(x: usize, y: usize, count: i32): f32 {
  const end = x + (<usize>count << 2);
  let sum = f32x4.splat(0);
  for (; x + 16 <= end; x += 16) {
    sum = madd(v128.load(x), v128.load(y), sum);
    y += 16;
  }
  let rest: f32 = across(sum);
  for (; x < end; x += 4) {
    rest += f32.load(x) * f32.load(y);
    y += 4;
  }
  return rest;
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

/** factor·x; what is too small becomes 0. */
export function scaled(x: usize, factor: f32, count: i32, to: usize): void {
  const end = x + (<usize>count << 2);
  const by = f32x4.splat(factor);
  for (; x + 16 <= end; x += 16) {
    v128.store(to, flush(f32x4.mul(v128.load(x), by)));
    to += 16;
  }
  for (; x < end; x += 4) {
    v128.store_lane<f32>(to, flush(f32x4.mul(v128.load32_splat(x), by)), 0);
    to += 4;
  }
}

/** Where a head goes: to `to` and the trace. */
function address(head: i32, cells: usize, previous: usize, trace: usize, to: usize, room: usize): void {
  const key = trace + <usize>head * headStep;
  const rest = key + cellStep;
  const cosines = trace + headsAt + <usize>head * 4 * slotStep;
  const content = cosines + slotStep;
  const logs = content + slotStep;
  const length = lengthFrom(dot(key, key, width));
  for (let i = 0; i < slots; i++) {
    const at = <usize>i << 2;
    const product = dot(cells + <usize>i * cellStep, key, width);
    f32.store(cosines + at, product / (length * f32.load(trace + lengthsAt + at) + LENGTH_EPSILON));
  }
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

/** p + g·(c − p) */
export function interpolate(content: usize, previous: usize, gate: f32, to: usize): void {
  const end = content + slotStep;
  const g = f32x4.splat(gate);
  for (; content + 16 <= end; content += 16) {
    const p = v128.load(previous);
    v128.store(to, madd(g, f32x4.sub(v128.load(content), p), p));
    previous += 16;
    to += 16;
  }
  for (; content < end; content += 4) {
    const p = f32.load(previous);
    f32.store(to, p + gate * (f32.load(content) - p));
    previous += 4;
    to += 4;
  }
}

/** Numbers of all slots with `shifts` of them beside each end, those from around the other. */
export function surround(room: usize): void {
  const middle = room + (<usize>shifts << 2);
  for (let i = 0; i < shifts; i++) {
    const before = (slots - 1 - i % slots) << 2;
    f32.store(middle - (<usize>(i + 1) << 2), f32.load(middle + before));
    f32.store(middle + slotStep + (<usize>i << 2), f32.load(middle + (<usize>(i % slots) << 2)));
  }
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

/** What becomes of some numbers m of a slot; `weight` is where that of the first head that writes is. */
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

/** y += factor·x */
// @ts-ignore: decorator
@inline
export function addScaledTo(x: usize, factor: f32, count: i32, y: usize): void {
  const end = x + (<usize>count << 2);
  const by = f32x4.splat(factor);
  for (; x + 16 <= end; x += 16) {
    v128.store(y, madd(v128.load(x), by, v128.load(y)));
    y += 16;
  }
  for (; x < end; x += 4) {
    f32.store(y, f32.load(y) + factor * f32.load(x));
    y += 4;
  }
}
