import { sigmoid } from '../sequence.ts';
import {
  type CommandPlaces,
  commandOf,
  LENGTH_EPSILON,
  type NtmInputs,
  type NtmResults,
  type NtmSizes,
  traceOf,
  WEIGHT_EPSILON,
} from './ntm-engine.ts';

type Numbers = Float32Array | Float64Array;

/** An access of every row of the batch, in double precision: into `results`, and what the gradient needs into `trace`. */
export function accessForward(
  sizes: NtmSizes,
  { memory, weights, command }: NtmInputs<Float32Array>,
  results: NtmResults<Float32Array>,
  trace: Float32Array,
): void {
  const { batch, slots, width, reads, writes } = sizes;
  const heads = reads + writes;
  const places = commandOf(sizes);
  const parts = traceOf(sizes);
  const cell = slots * width;
  for (let row = 0; row < batch; row++) {
    const own = trace.subarray(row * parts.size, (row + 1) * parts.size);
    const before = memory.subarray(row * cell, (row + 1) * cell);
    const after = results.memory.subarray(row * cell, (row + 1) * cell);
    squash(sizes, places, command.subarray(row * places.size, (row + 1) * places.size), own);
    for (let i = 0; i < slots; i++) own[parts.lengths + i] = lengthOf(before, i * width, width);
    for (let head = 0; head < heads; head++) {
      const from = (row * heads + head) * slots;
      const previous = weights.subarray(from, from + slots);
      address(sizes, places, head, before, previous, own, results.weights.subarray(from, from + slots));
    }
    write(sizes, places, before, results.weights, (row * heads + reads) * slots, own, after);
    for (let head = 0; head < reads; head++) {
      const at = (row * reads + head) * width;
      readFrom(after, results.weights, (row * heads + head) * slots, results.read.subarray(at, at + width));
    }
  }
}

/** log(1 + eˣ) */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function squash({ width, reads, writes, shifts }: NtmSizes, places: CommandPlaces, raw: Numbers, to: Numbers): void {
  for (let head = 0; head < reads + writes; head++) {
    const at = head * places.head;
    for (let k = at; k < at + width; k++) to[k] = Math.tanh(raw[k] as number);
    to[at + places.strength] = softplus(raw[at + places.strength] as number);
    to[at + places.gate] = sigmoid(raw[at + places.gate] as number);
    to[at + places.sharpness] = softplus(raw[at + places.sharpness] as number);
    const shift = at + places.shift;
    softmax(raw.subarray(shift, shift + 2 * shifts + 1), 1, to.subarray(shift, shift + 2 * shifts + 1));
  }
  for (let k = places.erase; k < places.add; k++) to[k] = sigmoid(raw[k] as number);
  for (let k = places.add; k < places.size; k++) to[k] = Math.tanh(raw[k] as number);
}

/** softmax(factor·x); `to` may be x. */
function softmax(x: Numbers, factor: number, to: Numbers): void {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) most = Math.max(most, factor * (x[i] as number));
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(factor * (x[i] as number) - most);
  for (let i = 0; i < x.length; i++) to[i] = Math.exp(factor * (x[i] as number) - most) / sum;
}

/** √(Σx² + ε²) */
export function lengthOf(x: Numbers, from: number, width: number): number {
  let sum = LENGTH_EPSILON * LENGTH_EPSILON;
  for (let k = from; k < from + width; k++) sum += (x[k] as number) * (x[k] as number);
  return Math.sqrt(sum);
}

/** Addressing of a head: weights into `to`, and into its part of the trace. */
function address(
  sizes: NtmSizes,
  places: CommandPlaces,
  head: number,
  memory: Numbers,
  previous: Numbers,
  trace: Numbers,
  to: Numbers,
): void {
  const { slots, width, shifts } = sizes;
  const { lengths, heads } = traceOf(sizes);
  const at = head * places.head;
  const own = heads + 4 * slots * head;
  const cosines = trace.subarray(own, own + slots);
  const content = trace.subarray(own + slots, own + 2 * slots);
  const logs = trace.subarray(own + 2 * slots, own + 3 * slots);
  const length = lengthOf(trace, at, width);
  for (let i = 0; i < slots; i++) {
    let dot = 0;
    for (let k = 0; k < width; k++) dot += (memory[i * width + k] as number) * (trace[at + k] as number);
    cosines[i] = dot / (length * (trace[lengths + i] as number) + LENGTH_EPSILON);
  }
  softmax(cosines, trace[at + places.strength] as number, content);
  const gate = trace[at + places.gate] as number;
  for (let i = 0; i < slots; i++) to[i] = gate * (content[i] as number) + (1 - gate) * (previous[i] as number);
  for (let i = 0; i < slots; i++) {
    let sum = WEIGHT_EPSILON;
    for (let o = -shifts; o <= shifts; o++) {
      sum += (trace[at + places.shift + shifts + o] as number) * (to[around(i - o, slots)] as number);
    }
    logs[i] = Math.log(sum);
  }
  softmax(logs, 1 + (trace[at + places.sharpness] as number), to);
  trace.set(to, own + 3 * slots);
}

/** The slot i, modulo the number of slots. */
export function around(i: number, slots: number): number {
  return ((i % slots) + slots) % slots;
}

/** M' = M⊙Π(1 − w·e) + Σ w·a */
function write(
  { slots, width, writes }: NtmSizes,
  places: CommandPlaces,
  memory: Numbers,
  weights: Numbers,
  at: number,
  trace: Numbers,
  to: Numbers,
): void {
  for (let i = 0; i < slots; i++) {
    for (let k = 0; k < width; k++) {
      let kept = memory[i * width + k] as number;
      let added = 0;
      for (let head = 0; head < writes; head++) {
        const weight = weights[at + head * slots + i] as number;
        kept *= 1 - weight * (trace[places.erase + head * width + k] as number);
        added += weight * (trace[places.add + head * width + k] as number);
      }
      to[i * width + k] = kept + added;
    }
  }
}

/** Σᵢ wᵢ·Mᵢ */
function readFrom(memory: Numbers, weights: Numbers, at: number, to: Numbers): void {
  const width = to.length;
  for (let k = 0; k < width; k++) {
    let sum = 0;
    for (let i = 0; i < memory.length / width; i++) {
      sum += (weights[at + i] as number) * (memory[i * width + k] as number);
    }
    to[k] = sum;
  }
}
