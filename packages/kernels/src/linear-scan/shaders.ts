import type { Tensor } from '@tensorflow/tfjs-core';
import type { Call, InputKind, Program } from '../gpu/device.ts';
import { CHANNELS } from '../gpu/shader.ts';
import type { Factors, Parts } from './scan.ts';

/*
 * Pairs (A, B) of spans of frames, after which the state is A∘h + B, lie in quads, a row for every frame of every row of
 * the batch: those of two units, or of one if numbers are complex. Functions pass a number as a quad (real, imaginary,
 * 0, 0).
 */

const NUMBERS = `
quad times(quad x, quad y) {
  return quad(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x, 0.0, 0.0);
}
quad conjugate(quad x) {
  return quad(x.x, -x.y, 0.0, 0.0);
}`;

/** Code and inputs of a program that reads some tensors. */
type Reader = {
  readonly inputs: { readonly [name: string]: InputKind };
  readonly tensors: Call['inputs'];
  readonly code: string;
};

/** `quad …At(int b, int t, int unit)`, without t for a matrix: an element of a tensor, which may be complex. */
function numbers(name: string, parts: Parts): Reader {
  const { rank } = parts[0] as Tensor;
  const kind = (['vector', 'matrix', 'sequence'] as const)[rank - 1] as 'vector' | 'matrix' | 'sequence';
  const place = { vector: 'unit', matrix: 'b, unit', sequence: 'b, t, unit' }[kind];
  const names = parts.map((_, i) => `${name}${i}`);
  return {
    inputs: Object.fromEntries(names.map((part) => [part, kind])),
    tensors: Object.fromEntries(names.map((part, i) => [part, parts[i] as Tensor])),
    code: `
quad ${name}At(int b, ${kind === 'matrix' ? '' : 'int t, '}int unit) {
  return quad(${names[0]}(${place}), ${parts.length === 1 ? '0.0' : `${names[1]}(${place})`}, 0.0, 0.0);
}`,
  };
}

/** `quad …At(int row, int unit)`: the B of a pair. */
function terms(name: string, pairs: Tensor, isComplex: boolean): Reader {
  const code = isComplex
    ? `
  quad pair = ${name}(row, unit);
  return quad(pair.z, pair.w, 0.0, 0.0);`
    : `
  quad pairs = ${name}(row, unit / 2);
  if (unit - (unit / 2) * 2 == 0) { return quad(pairs.y, 0.0, 0.0, 0.0); }
  return quad(pairs.w, 0.0, 0.0, 0.0);`;
  return {
    inputs: { [name]: 'quads' },
    tensors: { [name]: pairs },
    code: `\nquad ${name}At(int row, int unit) {${code}\n}`,
  };
}

/** `bool real(int b, int t)` */
function reals(mask: Tensor | undefined): Reader {
  const code = (value: string): string => `\nbool real(int b, int t) {\n  return ${value};\n}`;
  if (mask === undefined) return { inputs: {}, tensors: {}, code: code('true') };
  return { inputs: { mask: 'matrix' }, tensors: { mask }, code: code('!(mask(b, t) == 0.0)') };
}

function callOf(output: Program['output'], readers: readonly Reader[], values: Call['numbers'], code: string): Call {
  const merged = <T>(of: (reader: Reader) => { readonly [name: string]: T }): { [name: string]: T } =>
    Object.assign({}, ...readers.map(of));
  const functions = readers.map((reader) => reader.code).join('');
  return {
    program: {
      inputs: merged(({ inputs }) => inputs),
      output,
      numbers: Object.keys(values),
      code: `${NUMBERS}${functions}${code}`,
    },
    inputs: merged(({ tensors }) => tensors),
    numbers: values,
  };
}

/** Sizes of a scan, and the frames that are run first and last. */
export type Frames = { readonly time: number; readonly size: number; readonly first: number; readonly last: number };

/** +1, or −1 if frames are run backwards. */
const towards = ({ reverse }: Factors): number => (reverse ? -1 : 1);

/** Quads from `quad pairAt(int b, int t, int unit)`. */
const packed = (isComplex: boolean): string =>
  isComplex
    ? `
quad value(int row, int column) {
  int b = row / time;
  return pairAt(b, row - b * time, column);
}`
    : `
quad value(int row, int column) {
  int b = row / time;
  int second = 2 * column;
  if (second + 1 < size) { second = second + 1; }
  quad x = pairAt(b, row - b * time, 2 * column);
  quad y = pairAt(b, row - b * time, second);
  return quad(x.x, x.z, y.x, y.z);
}`;

/** (a, b) of every frame; (1, 0) where masked; the first one with the initial state in it. */
export function pairsOfFrames(of: Factors, b: Parts, h: Parts, { time, size, first }: Frames): Call {
  const readers = [reals(of.mask), numbers('a', of.a), numbers('b', b), numbers('h', h)];
  const code = `
quad pairAt(int b, int t, int unit) {
  quad x = quad(1.0, 0.0, 0.0, 0.0);
  quad y = quad(0.0, 0.0, 0.0, 0.0);
  if (real(b, t)) {
    x = aAt(b, t, unit);
    y = bAt(b, t, unit);
  }
  if (t == first) { y = y + times(x, hAt(b, unit)); }
  return quad(x.x, x.y, y.x, y.y);
}`;
  return callOf('quads', readers, { time, size, first }, code + packed(b.length === 2));
}

/** The same of the scan in the other direction, whose states are the gradients w.r.t. the states. */
export function pairsOfGradients(of: Factors, dOutputs: Parts, dLast: Parts, { time, size, last }: Frames): Call {
  const readers = [reals(of.mask), numbers('a', of.a), numbers('dOutputs', dOutputs), numbers('dLast', dLast)];
  const code = `
quad pairAt(int b, int t, int unit) {
  int next = t + towards;
  quad x = quad(1.0, 0.0, 0.0, 0.0);
  quad y = quad(0.0, 0.0, 0.0, 0.0);
  if (t == last) { y = dLastAt(b, unit); }
  else if (real(b, next)) { x = conjugate(aAt(b, next, unit)); }
  if (real(b, t)) { y = y + dOutputsAt(b, t, unit); }
  return quad(x.x, x.y, y.x, y.y);
}`;
  const values = { time, size, last, towards: towards(of) };
  return callOf('quads', readers, values, code + packed(dOutputs.length === 2));
}

/** Each pair joined with that of the span before it, `span` frames earlier: negative if frames are run backwards. */
export function joinedPairs(pairs: Tensor, span: number, isComplex: boolean, { time }: Frames): Call {
  const joined = isComplex
    ? `
  quad product = times(quad(y.x, y.y, 0.0, 0.0), quad(x.x, x.y, 0.0, 0.0));
  quad term = times(quad(y.x, y.y, 0.0, 0.0), quad(x.z, x.w, 0.0, 0.0));
  return quad(product.x, product.y, term.x + y.z, term.y + y.w);`
    : `
  return quad(y.x * x.x, y.x * x.y + y.y, y.z * x.z, y.z * x.w + y.w);`;
  const code = `
quad value(int row, int column) {
  int before = row - (row / time) * time - span;
  quad y = pairs(row, column);
  if (before < 0 || before >= time) { return y; }
  quad x = pairs(row - span, column);${joined}
}`;
  const reader: Reader = { inputs: { pairs: 'quads' }, tensors: { pairs }, code: '' };
  return callOf('quads', [reader], { time, span }, code);
}

/** A part of the states [batch·time, size]; zeros where masked. */
export function partOfStates(pairs: Tensor, part: number, { a, mask }: Factors, { time }: Frames): Call {
  const code = `
float value(int row, int column) {
  int b = row / time;
  if (!real(b, row - b * time)) { return 0.0; }
  return statesAt(row, column).${CHANNELS[part]};
}`;
  return callOf('numbers', [reals(mask), terms('states', pairs, a.length === 2)], { time }, code);
}

/** A part of the state [batch, size] after a frame. */
export function partOfState(pairs: Tensor, part: number, frame: number, { a }: Factors, { time }: Frames): Call {
  const code = `
float value(int row, int column) {
  return statesAt(row * time + frame, column).${CHANNELS[part]};
}`;
  return callOf('numbers', [terms('states', pairs, a.length === 2)], { time, frame }, code);
}

/** A part of the gradient w.r.t. a, [batch·time, size]: that w.r.t. the state times the conjugate of the state before. */
export function partOfFactors(
  of: Factors,
  h: Parts,
  states: Tensor,
  slopes: Tensor,
  part: number,
  { time, first }: Frames,
): Call {
  const isComplex = h.length === 2;
  const readers = [
    reals(of.mask),
    numbers('h', h),
    terms('states', states, isComplex),
    terms('slopes', slopes, isComplex),
  ];
  const code = `
float value(int row, int column) {
  int b = row / time;
  int t = row - b * time;
  if (!real(b, t)) { return 0.0; }
  if (t == first) { return times(slopesAt(row, column), conjugate(hAt(b, column))).${CHANNELS[part]}; }
  return times(slopesAt(row, column), conjugate(statesAt(row - towards, column))).${CHANNELS[part]};
}`;
  return callOf('numbers', readers, { time, first, towards: towards(of) }, code);
}

/** A part of the gradient w.r.t. h, [batch, size]. */
export function partOfInitial(of: Factors, slopes: Tensor, part: number, { time, first }: Frames): Call {
  const readers = [reals(of.mask), numbers('a', of.a), terms('slopes', slopes, of.a.length === 2)];
  const code = `
float value(int row, int column) {
  quad slope = slopesAt(row * time + first, column);
  if (!real(row, first)) { return slope.${CHANNELS[part]}; }
  return times(conjugate(aAt(row, first, column)), slope).${CHANNELS[part]};
}`;
  return callOf('numbers', readers, { time, first }, code);
}
