// An access to the memory of a Neural Turing machine: sizes and offsets, and code shared by forward and backward. Rows are not
// padded. For the layout of the trace, kept for the gradient, see traceOf in src/memory/ntm-engine.ts.
import { flush, madd } from './activations';

/** ε of lengths, and of the logarithm of weights. */
export const LENGTH_EPSILON: f32 = 1e-6;
export const WEIGHT_EPSILON: f32 = 1e-12;

// Sizes of the current access, in numbers; steps are in bytes.
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
/** Offsets in the trace of a row, in bytes. */
export let eraseAt: usize = 0;
export let addAt: usize = 0;
export let lengthsAt: usize = 0;
export let headsAt: usize = 0;

/** Call this first. */
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

/** factor·x, flushed to 0 if tiny. */
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

/** Numbers of all slots with circular padding of `shifts` at both ends. */
export function surround(room: usize): void {
  const middle = room + (<usize>shifts << 2);
  for (let i = 0; i < shifts; i++) {
    const before = (slots - 1 - i % slots) << 2;
    f32.store(middle - (<usize>(i + 1) << 2), f32.load(middle + before));
    f32.store(middle + slotStep + (<usize>i << 2), f32.load(middle + (<usize>(i % slots) << 2)));
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
