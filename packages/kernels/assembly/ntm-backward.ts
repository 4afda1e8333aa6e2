// The gradient of an access to the memory of a Neural Turing machine. See ntm-places.ts.
import { exp, flush, madd } from './activations';
import { load, store } from './lanes';
import {
  across, addAt, addScaledTo, cellStep, commandSize, dot, eraseAt, headsAt, headStep, interpolate, LENGTH_EPSILON, lengthFrom,
  lengthsAt, placeNtm, reads, scaled, shifts, slots, slotStep, surround, traceSize, weightStep, width, writes,
} from './ntm-places';

/** The room that a part of `backwardNtm` needs, in numbers. */
export function ntmBackwardRoom(slots: i32, heads: i32, shifts: i32): i32 {
  return slots * (heads + 2) + 2 * shifts;
}

/**
 * The rows `from` to `to`. `dMemory` [slots, width], `dWeights` and `dCommand` are computed from the gradients `dRead`, `dAfter` and
 * `dWeightsAfter`.
 */
export function backwardNtm(
  part: i32, from: i32, to: i32, slots_: i32, width_: i32, reads_: i32, writes_: i32, shifts_: i32,
  cells: usize, weights: usize, trace: usize, dRead: usize, dAfter: usize, dWeightsAfter: usize,
  dMemory: usize, dWeights: usize, dCommand: usize, room: usize,
): void {
  placeNtm(slots_, width_, reads_, writes_, shifts_);
  const heads = reads + writes;
  const dw = room + <usize>part * (<usize>ntmBackwardRoom(slots, heads, shifts) << 2);
  const place = dw + weightStep;
  const table = slotStep * width;
  for (let row: usize = from; row < <usize>to; row++) {
    const own = trace + row * traceSize;
    const before = cells + row * table;
    const dBefore = dMemory + row * table;
    const dOwn = dCommand + row * commandSize;
    memory.fill(dOwn, 0, commandSize);
    memory.copy(dw, dWeightsAfter + row * weightStep, weightStep);
    throughAccess(before, own, dRead + row * cellStep * reads, dAfter + row * table, dw, dBefore, dOwn);
    for (let head = 0; head < heads; head++) {
      const at = row * weightStep + <usize>head * slotStep;
      throughAddress(head, before, weights + at, own, dw + <usize>head * slotStep, dWeights + at, dBefore, dOwn, place);
    }
    unsquash(own, dOwn);
  }
}

/** Through reading and writing. */
function throughAccess(
  cells: usize, trace: usize, dRead: usize, dAfter: usize, dw: usize, dBefore: usize, dCommand: usize,
): void {
  for (let i = 0; i < slots; i++) {
    const at = <usize>i << 2;
    const weights = trace + headsAt + 3 * slotStep + at;
    if (writes == 1 && reads == 1) oneOfEach(cells, trace, weights, dRead, dAfter, dw + at, dBefore, dCommand);
    else ofSlot(cells, trace, weights, dRead, dAfter, dw + at, dBefore, dCommand);
    cells += cellStep;
    dAfter += cellStep;
    dBefore += cellStep;
  }
}

/** A slot, with one read head and one write head: in one pass. */
function oneOfEach(
  cell: usize, trace: usize, weights: usize, dRead: usize, dAfter: usize, dw: usize, dBefore: usize, dCommand: usize,
): void {
  const vectors = <usize>(width & ~3) << 2;
  const wRead = v128.load32_splat(weights);
  const wWrite = v128.load32_splat(weights + 4 * slotStep);
  const erase = trace + eraseAt;
  const addition = trace + addAt;
  const dErase = dCommand + eraseAt;
  const dAddition = dCommand + addAt;
  let sumRead = f32x4.splat(0);
  let sumWrite = f32x4.splat(0);
  let k: usize = 0;
  for (; k < vectors; k += 16) {
    const m = v128.load(cell + k);
    const dr = v128.load(dRead + k);
    const more = f32x4.sub(v128.load(addition + k), f32x4.mul(m, v128.load(erase + k)));
    const d = madd(wRead, dr, v128.load(dAfter + k));
    const dOfWrite = f32x4.mul(d, wWrite);
    sumRead = madd(madd(wWrite, more, m), dr, sumRead);
    sumWrite = madd(d, more, sumWrite);
    v128.store(dBefore + k, f32x4.sub(d, f32x4.mul(dOfWrite, v128.load(erase + k))));
    v128.store(dErase + k, f32x4.sub(v128.load(dErase + k), f32x4.mul(dOfWrite, m)));
    v128.store(dAddition + k, f32x4.add(v128.load(dAddition + k), dOfWrite));
  }
  for (; k < cellStep; k += 4) {
    const m = load(cell + k, 4);
    const dr = load(dRead + k, 4);
    const more = f32x4.sub(load(addition + k, 4), f32x4.mul(m, load(erase + k, 4)));
    const d = madd(wRead, dr, load(dAfter + k, 4));
    const dOfWrite = f32x4.mul(d, wWrite);
    sumRead = madd(madd(wWrite, more, m), dr, sumRead);
    sumWrite = madd(d, more, sumWrite);
    store(dBefore + k, f32x4.sub(d, f32x4.mul(dOfWrite, load(erase + k, 4))), 4);
    store(dErase + k, f32x4.sub(load(dErase + k, 4), f32x4.mul(dOfWrite, m)), 4);
    store(dAddition + k, f32x4.add(load(dAddition + k, 4), dOfWrite), 4);
  }
  f32.store(dw, f32.load(dw) + across(sumRead));
  f32.store(dw + slotStep, f32.load(dw + slotStep) + across(sumWrite));
}

/** A slot, with any heads: number by number. */
function ofSlot(
  cell: usize, trace: usize, weights: usize, dRead: usize, dAfter: usize, dw: usize, dBefore: usize, dCommand: usize,
): void {
  const ofWriters = weights + 4 * slotStep * reads;
  for (let k: usize = 0; k < cellStep; k += 4) {
    const m = f32.load(cell + k);
    let kept: f32 = 1;
    let after: f32 = 0;
    for (let head: usize = 0; head < <usize>writes; head++) {
      const w = f32.load(ofWriters + 4 * slotStep * head);
      kept *= 1 - w * f32.load(trace + eraseAt + head * cellStep + k);
      after += w * f32.load(trace + addAt + head * cellStep + k);
    }
    after += m * kept;
    let d = f32.load(dAfter + k);
    for (let head: usize = 0; head < <usize>reads; head++) {
      const dr = f32.load(dRead + head * cellStep + k);
      d += f32.load(weights + 4 * slotStep * head) * dr;
      more(dw + head * slotStep, after * dr);
    }
    f32.store(dBefore + k, d * kept);
    for (let head: usize = 0; head < <usize>writes; head++) {
      let left = d * m;
      for (let other: usize = 0; other < <usize>writes; other++) {
        if (other == head) continue;
        left *= 1 - f32.load(ofWriters + 4 * slotStep * other) * f32.load(trace + eraseAt + other * cellStep + k);
      }
      const w = f32.load(ofWriters + 4 * slotStep * head);
      const vector = head * cellStep + k;
      more(dw + (<usize>reads + head) * slotStep, d * f32.load(trace + addAt + vector) - left * f32.load(trace + eraseAt + vector));
      more(dCommand + eraseAt + vector, -left * w);
      more(dCommand + addAt + vector, d * w);
    }
  }
}

// @ts-ignore: decorator
@inline
function more(at: usize, by: f32): void {
  f32.store(at, f32.load(at) + by);
}

/** dx = y⊙(dy − Σ y·dy), in place of dy. */
function throughSoftmax(y: usize, d: usize, count: i32): void {
  const mean = f32x4.splat(dot(y, d, count));
  const end = y + (<usize>count << 2);
  for (; y + 16 <= end; y += 16) {
    v128.store(d, flush(f32x4.mul(v128.load(y), f32x4.sub(v128.load(d), mean))));
    d += 16;
  }
  for (; y < end; y += 4) {
    store(d, flush(f32x4.mul(load(y, 4), f32x4.sub(load(d, 4), mean))), 4);
    d += 4;
  }
}

/** Through the addressing of one head, from dw, which is overwritten. */
function throughAddress(
  head: i32, cells: usize, previous: usize, trace: usize, dw: usize, dPrevious: usize, dCells: usize, dCommand: usize, room: usize,
): void {
  const key = <usize>head * headStep;
  const rest = key + cellStep;
  const sharpness = key + headStep - 4;
  const cosines = trace + headsAt + <usize>head * 4 * slotStep;
  const content = cosines + slotStep;
  const logs = content + slotStep;
  throughSoftmax(logs + slotStep, dw, slots);
  f32.store(dCommand + sharpness, dot(dw, logs, slots));
  const moved = room + (<usize>shifts << 2);
  byMoved(dw, logs, 1 + f32.load(trace + sharpness), moved);
  surround(room);
  const gated = room + slotStep + (<usize>shifts << 3);
  interpolate(content, previous, f32.load(trace + rest + 4), gated);
  const shift = rest + 8;
  for (let o = 0; o <= 2 * shifts; o++) {
    f32.store(dCommand + shift + (<usize>o << 2), dot(room + (<usize>o << 2), gated, slots));
  }
  unmove(room, trace + shift, dw);
  f32.store(dCommand + rest + 4, dot(dw, content, slots) - dot(dw, previous, slots));
  const gate = f32.load(trace + rest + 4);
  scaled(dw, 1 - gate, slots, dPrevious);
  scaled(dw, gate, slots, dw);
  throughSoftmax(content, dw, slots);
  f32.store(dCommand + rest, dot(dw, cosines, slots));
  scaled(dw, f32.load(trace + rest), slots, dw);
  throughCosines(cells, trace, trace + key, cosines, dw, dCells, dCommand + key);
}

/** γ·d / (w̃ + ε) */
function byMoved(d: usize, logs: usize, sharpness: f32, to: usize): void {
  const end = d + slotStep;
  const factor = f32x4.splat(sharpness);
  for (; d + 16 <= end; d += 16) {
    v128.store(to, flush(f32x4.mul(f32x4.mul(v128.load(d), factor), exp(f32x4.neg(v128.load(logs))))));
    logs += 16;
    to += 16;
  }
  for (; d < end; d += 4) {
    store(to, flush(f32x4.mul(f32x4.mul(load(d, 4), factor), exp(f32x4.neg(load(logs, 4))))), 4);
    logs += 4;
    to += 4;
  }
}

/** Σₒ sₒ·dᵢ₊ₒ */
function unmove(room: usize, shift: usize, to: usize): void {
  let i: usize = 0;
  const vectors = <usize>(slots & ~3) << 2;
  for (; i < slotStep; i += i < vectors ? 16 : 4) {
    let sum = f32x4.splat(0);
    for (let o: usize = 0; o <= 8 * <usize>shifts; o += 4) {
      const from = room + i + o;
      sum = madd(i < vectors ? v128.load(from) : v128.load32_zero(from), v128.load32_splat(shift + o), sum);
    }
    store(to + i, sum, i < vectors ? 16 : 4);
  }
}

/** From the gradient w.r.t. the cosines to those w.r.t. slots and key. */
function throughCosines(
  cells: usize, trace: usize, key: usize, cosines: usize, d: usize, dCells: usize, dKey: usize,
): void {
  const keyLength = lengthFrom(dot(key, key, width));
  const vectors = <usize>(width & ~3) << 2;
  let dKeyLength: f32 = 0;
  for (let i: usize = 0; i < slotStep; i += 4) {
    const length = f32.load(trace + lengthsAt + i);
    const dDot = f32.load(d + i) / (keyLength * length + LENGTH_EPSILON);
    const dLengths = -dDot * f32.load(cosines + i);
    dKeyLength += dLengths * length;
    const ofDot = f32x4.splat(dDot);
    const ofSlot = f32x4.splat((dLengths * keyLength) / length);
    let k: usize = 0;
    for (; k < vectors; k += 16) {
      const m = v128.load(cells + k);
      v128.store(dCells + k, flush(madd(ofDot, v128.load(key + k), madd(ofSlot, m, v128.load(dCells + k)))));
      v128.store(dKey + k, madd(ofDot, m, v128.load(dKey + k)));
    }
    for (; k < cellStep; k += 4) {
      const m = load(cells + k, 4);
      store(dCells + k, flush(madd(ofDot, load(key + k, 4), madd(ofSlot, m, load(dCells + k, 4)))), 4);
      store(dKey + k, madd(ofDot, m, load(dKey + k, 4)), 4);
    }
    cells += cellStep;
    dCells += cellStep;
  }
  addScaledTo(key, dKeyLength / keyLength, width, dKey);
}

/** From the gradient w.r.t. the squashed command to that w.r.t. the command. */
function unsquash(trace: usize, d: usize): void {
  for (let head = 0; head < reads + writes; head++) {
    const at = <usize>head * headStep;
    const rest = at + cellStep;
    const last = at + headStep - 4;
    throughTanh(trace + at, d + at, cellStep);
    throughSoftplus(trace + rest, d + rest);
    throughSigmoid(trace + rest + 4, d + rest + 4, 4);
    throughSoftmax(trace + rest + 8, d + rest + 8, 2 * shifts + 1);
    throughSoftplus(trace + last, d + last);
  }
  throughSigmoid(trace + eraseAt, d + eraseAt, addAt - eraseAt);
  throughTanh(trace + addAt, d + addAt, commandSize - addAt);
}

function throughTanh(y: usize, d: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const value = f32.load(y + at);
    f32.store(d + at, f32.load(d + at) * (1 - value * value));
  }
}

function throughSigmoid(y: usize, d: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const value = f32.load(y + at);
    f32.store(d + at, f32.load(d + at) * value * (1 - value));
  }
}

/** 1 − e⁻ʸ */
function throughSoftplus(y: usize, d: usize): void {
  const value = f32.load(y);
  const slope: f32 = value < 1e-3 ? value - 0.5 * value * value : 1 - f32x4.extract_lane(exp(f32x4.splat(-value)), 0);
  f32.store(d, f32.load(d) * slope);
}
