import { Rng } from '@elman/core';
import { at, order, put } from './exact.ts';

/** Sizes and kind of a scan. */
export type Kind = {
  readonly batch: number;
  readonly time: number;
  readonly size: number;
  readonly isComplex?: boolean;
  /** a is [size]. */
  readonly constant?: boolean;
  /** `any`: some frames anywhere. */
  readonly mask?: 'any' | 'none real' | undefined;
  readonly reverse?: boolean;
};

type Parts<T = Float64Array> = readonly [T] | readonly [T, T];
/** The inputs, or gradients w.r.t. them. */
export type Inputs<T = Float64Array> = { readonly a: Parts<T>; readonly b: Parts<T>; readonly h: Parts<T> };
/** The results, or gradients w.r.t. them. */
export type Results<T = Float64Array> = { readonly outputs: Parts<T>; readonly h: Parts<T> };
export type Case = Kind & {
  readonly inputs: Inputs;
  readonly real?: Float64Array | undefined;
  readonly slopes: Results;
};

/** Random numbers that are exact in float32; |a| < 1. */
export function makeScan(kind: Kind, seed: string): Case {
  const { batch, time, size, isComplex = false, constant = false, mask } = kind;
  const rng = Rng.seeded(seed);
  const draw = (count: number, scale: number): Parts => {
    const part = (): Float64Array =>
      Float64Array.from(Float32Array.from({ length: count }, () => scale * rng.uniform(-1, 1)));
    return isComplex ? [part(), part()] : [part()];
  };
  const all = batch * time * size;
  return {
    ...kind,
    inputs: { a: draw(constant ? size : all, isComplex ? 0.7 : 1), b: draw(all, 1), h: draw(batch * size, 1) },
    real: mask && Float64Array.from({ length: batch * time }, () => (mask === 'any' && rng.uniform() < 0.6 ? 1 : 0)),
    slopes: { outputs: draw(all, 1), h: draw(batch * size, 1) },
  };
}

const zerosLike = <T extends Parts>(parts: T): T => parts.map((part) => new Float64Array(part.length)) as unknown as T;

/** Frames of a row that are real, in the order in which they are run, each with the place of its numbers in a and in b. */
function framesOf({ time, size, real, reverse = false, constant = false }: Case, row: number) {
  return order(time, reverse)
    .map((t) => row * time + t)
    .filter((frame) => real === undefined || at(real, frame) !== 0)
    .map((frame) => ({ start: frame * size, factor: constant ? 0 : frame * size }));
}

/** The definition, in float64. */
export function exactForward(scan: Case, { a, b, h }: Inputs = scan.inputs): Results {
  const [outputs, last] = [zerosLike(b), zerosLike(h)];
  const imag = (parts: Parts, place: number): number => (parts[1] === undefined ? 0 : at(parts[1], place));
  for (let row = 0; row < scan.batch; row++) {
    for (let i = 0; i < scan.size; i++) {
      let [x, y] = [at(h[0], row * scan.size + i), imag(h, row * scan.size + i)];
      for (const { start, factor } of framesOf(scan, row)) {
        const [u, v] = [at(a[0], factor + i), imag(a, factor + i)];
        [x, y] = [u * x - v * y + at(b[0], start + i), u * y + v * x + imag(b, start + i)];
        outputs[0][start + i] = x;
        if (outputs[1] !== undefined) outputs[1][start + i] = y;
      }
      last[0][row * scan.size + i] = x;
      if (last[1] !== undefined) last[1][row * scan.size + i] = y;
    }
  }
  return { outputs, h: last };
}

/** Gradients of Σ slopes∘results, in float64. */
export function exactGradients(scan: Case): Inputs {
  const { inputs, slopes, size } = scan;
  const { outputs } = exactForward(scan);
  const grads = { a: zerosLike(inputs.a), b: zerosLike(inputs.b), h: zerosLike(inputs.h) };
  const number = (parts: Parts, place: number): Number => [at(parts[0], place), parts[1] ? at(parts[1], place) : 0];
  const add = (parts: Parts, place: number, x: Number): void => {
    for (const [part, values] of parts.entries()) put(values, place, x[part] as number);
  };
  for (let row = 0; row < scan.batch; row++) {
    const frames = framesOf(scan, row);
    for (let i = 0; i < size; i++) {
      let d = number(slopes.h, row * size + i);
      for (const [n, { start, factor }] of [...frames.entries()].reverse()) {
        const by = number(slopes.outputs, start + i);
        d = [d[0] + by[0], d[1] + by[1]];
        const before = frames[n - 1];
        const p = before === undefined ? number(inputs.h, row * size + i) : number(outputs, before.start + i);
        add(grads.b, start + i, d);
        add(grads.a, factor + i, timesConjugate(d, p));
        d = timesConjugate(d, number(inputs.a, factor + i));
      }
      add(grads.h, row * size + i, d);
    }
  }
  return grads;
}

type Number = readonly [real: number, imag: number];
const timesConjugate = ([x, y]: Number, [u, v]: Number): Number => [x * u + y * v, y * u - x * v];
