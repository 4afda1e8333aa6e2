import type { Parts } from './scan.ts';

/** Sizes of a scan, and which frames are run. */
export type ScanSizes = {
  readonly batch: number;
  readonly time: number;
  readonly size: number;
  /** [batch, time] */
  readonly mask?: Float32Array | undefined;
  readonly reverse: boolean;
  /** Whether a is [size]. */
  readonly constant: boolean;
};

type Arrays = Parts<Float32Array>;
type Given<Name extends string> = { readonly [name in Name]: Arrays };

/** Writes the outputs and the last state. */
export function forwardInJavaScript(
  sizes: ScanSizes,
  from: Given<'a' | 'b' | 'h'>,
  to: Given<'outputs' | 'last'>,
): void {
  const { size } = sizes;
  const run = from.a.length === 1 ? advanceReal(size, from, to) : advanceComplex(size, from, to);
  if (sizes.mask !== undefined) for (const part of to.outputs) part.fill(0);
  for (let row = 0; row < sizes.batch; row++) {
    const frames = framesOf(sizes, row);
    let previous = -1;
    for (const frame of frames) {
      run(frame * size, sizes.constant ? 0 : frame * size, previous < 0, (previous < 0 ? row : previous) * size);
      previous = frame;
    }
    for (const [i, part] of to.last.entries()) {
      const [states, place] = previous < 0 ? [from.h, row] : [to.outputs, previous];
      part.set((states[i] as Float32Array).subarray(place * size, (place + 1) * size), row * size);
    }
  }
}

/**
 * Writes the gradients; that w.r.t. the state passes from frame to frame in dH. For a constant a, dA is the sum over
 * all frames.
 */
export function backwardInJavaScript(
  sizes: ScanSizes,
  from: Given<'a' | 'h' | 'outputs' | 'dOutputs' | 'dLast'>,
  to: Given<'dA' | 'dB' | 'dH'>,
): void {
  const { size, constant } = sizes;
  const sums = constant ? to.dA.map((part) => new Float64Array(part.length)) : undefined;
  const results = { ...to, dA: sums ?? to.dA };
  const run = from.a.length === 1 ? retreatReal(size, from, results) : retreatComplex(size, from, results);
  for (const [i, part] of to.dH.entries()) part.set(from.dLast[i] as Float32Array);
  for (const part of [...to.dA, ...to.dB]) part.fill(0);
  for (let row = 0; row < sizes.batch; row++) {
    const frames = framesOf(sizes, row);
    for (let n = frames.length - 1; n >= 0; n--) {
      const at = (frames[n] as number) * size;
      const before = (n === 0 ? row : (frames[n - 1] as number)) * size;
      run(at, constant ? 0 : at, n === 0, before, row * size);
    }
  }
  for (const [i, part] of (sums ?? []).entries()) to.dA[i]?.set(part);
}

/** The frames of a row that are real, in the order in which they are run. */
function framesOf({ time, mask, reverse }: ScanSizes, row: number): number[] {
  const frames: number[] = [];
  for (let n = 0; n < time; n++) {
    const frame = row * time + (reverse ? time - 1 - n : n);
    if (mask === undefined || mask[frame] !== 0) frames.push(frame);
  }
  return frames;
}

/** As in SIMD, numbers below 1e-30 become 0: denormal ones are slow. */
const flush = (x: number): number => (Math.abs(x) < 1e-30 ? 0 : x);

/**
 * One frame of a row, by places in the arrays: that of the frame, of a, and of the state before it, which is in h for
 * the first frame and in outputs for the others.
 */
type Advance = (at: number, factor: number, first: boolean, before: number) => void;

function advanceReal(size: number, from: Given<'a' | 'b' | 'h'>, { outputs }: Given<'outputs'>): Advance {
  const [a] = from.a as One;
  const [b] = from.b as One;
  const [h] = from.h as One;
  const [out] = outputs as One;
  return (at, factor, first, before) => {
    const p = first ? h : out;
    for (let i = 0; i < size; i++) {
      out[at + i] = flush((a[factor + i] as number) * (p[before + i] as number) + (b[at + i] as number));
    }
  };
}

function advanceComplex(size: number, from: Given<'a' | 'b' | 'h'>, { outputs }: Given<'outputs'>): Advance {
  const [aReal, aImag] = from.a as Two;
  const [bReal, bImag] = from.b as Two;
  const [real, imag] = outputs as Two;
  return (at, factor, first, before) => {
    const [pReal, pImag] = (first ? from.h : outputs) as Two;
    for (let i = 0; i < size; i++) {
      const ar = aReal[factor + i] as number;
      const ai = aImag[factor + i] as number;
      const pr = pReal[before + i] as number;
      const pi = pImag[before + i] as number;
      real[at + i] = flush(ar * pr - ai * pi + (bReal[at + i] as number));
      imag[at + i] = flush(ar * pi + ai * pr + (bImag[at + i] as number));
    }
  };
}

/**
 * The same backwards; `carry` is the place in dH of the gradient w.r.t. the state. The gradient w.r.t. a is added to dA,
 * which is zeros at first.
 */
type Retreat = (at: number, factor: number, first: boolean, before: number, carry: number) => void;

type Slopes = { readonly dA: Parts<Float32Array | Float64Array>; readonly dB: Arrays; readonly dH: Arrays };

function retreatReal(size: number, from: Given<'a' | 'h' | 'outputs' | 'dOutputs'>, to: Slopes): Retreat {
  const [a] = from.a as One;
  const [slope] = from.dOutputs as One;
  const [dA] = to.dA as One;
  const [dB] = to.dB as One;
  const [dH] = to.dH as One;
  return (at, factor, first, before, carry) => {
    const [p] = (first ? from.h : from.outputs) as One;
    for (let i = 0; i < size; i++) {
      const d = flush((slope[at + i] as number) + (dH[carry + i] as number));
      dB[at + i] = d;
      dA[factor + i] = flush((dA[factor + i] as number) + d * (p[before + i] as number));
      dH[carry + i] = flush((a[factor + i] as number) * d);
    }
  };
}

function retreatComplex(size: number, from: Given<'a' | 'h' | 'outputs' | 'dOutputs'>, to: Slopes): Retreat {
  const [aReal, aImag] = from.a as Two;
  const [slopeReal, slopeImag] = from.dOutputs as Two;
  const [dAReal, dAImag] = to.dA as Two;
  const [dBReal, dBImag] = to.dB as Two;
  const [dHReal, dHImag] = to.dH as Two;
  return (at, factor, first, before, carry) => {
    const [pReal, pImag] = (first ? from.h : from.outputs) as Two;
    for (let i = 0; i < size; i++) {
      const ar = aReal[factor + i] as number;
      const ai = aImag[factor + i] as number;
      const pr = pReal[before + i] as number;
      const pi = pImag[before + i] as number;
      const dr = flush((slopeReal[at + i] as number) + (dHReal[carry + i] as number));
      const di = flush((slopeImag[at + i] as number) + (dHImag[carry + i] as number));
      dBReal[at + i] = dr;
      dBImag[at + i] = di;
      dAReal[factor + i] = flush((dAReal[factor + i] as number) + dr * pr + di * pi);
      dAImag[factor + i] = flush((dAImag[factor + i] as number) + di * pr - dr * pi);
      dHReal[carry + i] = flush(ar * dr + ai * di);
      dHImag[carry + i] = flush(ar * di - ai * dr);
    }
  };
}

type One = [Float32Array];
type Two = [Float32Array, Float32Array];
