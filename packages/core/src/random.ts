/**
 * Seeded random numbers, the same on every machine: only integer arithmetic and IEEE +, −, ×, ÷ and √ are used, never
 * `Math.log` or `Math.cos`, whose last bits differ between engines.
 */
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { OptionError } from './errors.ts';
import { expectBackend } from './expect-backend.ts';
import { isId, shown } from './numbers.ts';

type Key = readonly [number, number, number, number];

/** The position of a stream, as JSON: `Rng.at(position)` continues from there. */
export interface RngPosition {
  readonly key: readonly [number, number, number, number];
  readonly state: readonly [number, number, number, number];
  readonly frame?: number | undefined;
}

/**
 * A stream of random numbers (xoshiro128**, Blackman & Vigna 2021).
 *
 * `fork(label)` returns an independent stream that depends on the seed and the labels alone, not on how many numbers were
 * drawn before: with a label for each part of a program, adding a draw in one does not change the others.
 *
 * Over a sequence, `frame(t)` returns a separate stream for each frame, and `sequence()` returns from a frame's to the one
 * they share. Both commute with `fork`: `rng.frame(3).fork('input')` is `rng.fork('input').frame(3)`.
 */
export class Rng {
  readonly #key: Key;
  readonly #state: Uint32Array;
  readonly #frame: number | undefined;

  private constructor(key: Key, state: readonly number[], frame?: number) {
    this.#key = key;
    this.#state = Uint32Array.from(state);
    this.#frame = frame;
  }

  /** A stream from a seed: any whole number or string. */
  static seeded(seed: number | string): Rng {
    if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
      throw new OptionError(`random: seed: expected a whole number or a string, got ${seed}.`);
    }
    return Rng.#fromKey(hash(0x9e3779b9, `${typeof seed}:${seed}`));
  }

  /** The stream at a position that `position()` returned. @throws {OptionError} for anything else. */
  static at(position: RngPosition): Rng {
    const { key, state, frame = 0 } = (position ?? {}) as Partial<RngPosition>;
    if (!isWords(key) || !isWords(state) || typeof frame !== 'number') {
      throw new OptionError(`random: position: expected what position() returned, got ${shown(position)}.`);
    }
    return new Rng(position.key, position.state, position.frame);
  }

  static #fromKey(key: Key, frame?: number): Rng {
    const rng = new Rng(key, frame === undefined ? key : derived(key, `@${frame}`), frame);
    for (let i = 0; i < 8; i++) rng.bits();
    return rng;
  }

  /** An independent stream named by a label; the same label returns the same stream. */
  fork(label: number | string): Rng {
    return Rng.#fromKey(derived(this.#key, `/${label}`), this.#frame);
  }

  /** The stream of one frame of a sequence: noise drawn anew at every step comes from it. */
  frame(t: number): Rng {
    const key = this.#frame === undefined ? this.#key : derived(this.#key, `@${this.#frame}/`);
    return Rng.#fromKey(key, t);
  }

  /** The stream that all frames of a sequence share: noise shared by the whole sequence comes from it. */
  sequence(): Rng {
    return Rng.#fromKey(this.#key);
  }

  /** The position of the stream, to be saved. */
  position(): RngPosition {
    const [a, b, c, d] = this.#state as unknown as [number, number, number, number];
    return { key: this.#key, state: [a, b, c, d], ...(this.#frame === undefined ? {} : { frame: this.#frame }) };
  }

  /** 32 random bits as a whole number from 0. */
  bits(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Uniform in [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
    return low + unit * (high - low);
  }

  /** A whole number from 0 to n − 1, each equally likely. n up to 2³². */
  integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1 || n > 4294967296) {
      throw new OptionError(`random: integer: expected a bound from 1 to 2^32, got ${n}.`);
    }
    const limit = 4294967296 - (4294967296 % n);
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % n;
  }

  /** Normally distributed (the polar method of Marsaglia & Bray 1964). */
  normal(mean = 0, deviation = 1): number {
    for (;;) {
      const x = this.uniform(-1, 1);
      const y = this.uniform(-1, 1);
      const square = x * x + y * y;
      if (square > 0 && square < 1) return mean + deviation * x * Math.sqrt((-2 * naturalLog(square)) / square);
    }
  }

  /** Exponentially distributed with the given mean; minus its logarithm is Gumbel noise. */
  exponential(mean = 1): number {
    return -mean * naturalLog(1 - this.uniform());
  }

  /** An index, drawn with probability in proportion to its weight. Weights are finite, ≥ 0 and not all 0. */
  categorical(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i] as number;
    if (!(total > 0) || !Number.isFinite(total)) {
      throw new OptionError(
        `random: categorical: expected weights ≥ 0 with a finite positive sum, got the sum ${total}.`,
      );
    }
    const mark = this.uniform() * total;
    let sum = 0;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      if (weight > 0) last = i;
      sum += weight;
      if (mark < sum) return i;
    }
    return last;
  }

  /** The numbers 0 to n − 1 in random order (Fisher–Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = order[i] as number;
      order[i] = order[j] as number;
      order[j] = swapped;
    }
    return order;
  }

  /** A tensor of numbers drawn one after the other by `draw`: `rng.tensor([2, 3], (r) => r.normal())`. */
  tensor(shape: readonly number[], draw: (rng: Rng) => number, dtype: 'float32' | 'int32' = 'float32'): Tensor {
    expectBackend();
    const size = shape.reduce((product, axis) => product * axis, 1);
    const values = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
    for (let i = 0; i < size; i++) values[i] = draw(this);
    return tensor(values, [...shape], dtype);
  }
}

const isWords = (words: unknown): boolean =>
  Array.isArray(words) && words.length === 4 && words.every((word) => isId(word, 2 ** 32));

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** A hash of a key and what distinguishes a stream from its parent: `/label` of a fork, `@t` of a frame. */
function derived([a, b, c, d]: Key, suffix: string): [number, number, number, number] {
  return hash(a ^ Math.imul(b, 3) ^ Math.imul(c, 5) ^ Math.imul(d, 7), `${a},${b},${c},${d}${suffix}`);
}

/** Four well-mixed words from a text: FNV-1a into four lanes, each finished as in MurmurHash3. */
function hash(start: number, text: string): [number, number, number, number] {
  const lanes = [start, start ^ 0x85ebca6b, start ^ 0xc2b2ae35, start ^ 0x27d4eb2f];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    for (let lane = 0; lane < 4; lane++) {
      lanes[lane] = Math.imul((lanes[lane] as number) ^ (code + lane * 0x9e37), 16777619 + 2 * lane * 65536);
    }
  }
  const [a, b, c, d] = lanes.map((lane) => {
    let x = lane;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  }) as [number, number, number, number];
  return (a | b | c | d) === 0 ? [1, 0, 0, 0] : [a, b, c, d];
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** ln x for normal x > 0, by the exponent and the series of 2·atanh: the same bits on every engine. */
export function naturalLog(x: number): number {
  float[0] = x;
  const high = words[HIGH_WORD] as number;
  let exponent = ((high >>> 20) & 0x7ff) - 1023;
  words[HIGH_WORD] = (high & 0x000fffff) | 0x3ff00000;
  let mantissa = float[0] as number;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let sum = 0;
  for (let k = 25; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return exponent * Math.LN2 + 2 * z * sum;
}
