import { expectFrames, expectShape, type Frame, type Sequence, ShapeError, tree } from '@elman/core';
import { cast, type Tensor, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { expectMask } from '../expect-mask.ts';
import { scanOnTape } from './on-tape.ts';
import type { Parts } from './scan.ts';

/** Complex numbers as two float32 tensors of one shape. */
export type Complex<T extends Tensor> = { readonly real: T; readonly imag: T };

/** Options of a linear scan. */
export type LinearScanOptions = {
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0. */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the places of their inputs. */
  readonly reverse?: boolean | undefined;
};

/** Inputs of a linear scan of real numbers. */
export type LinearScan = LinearScanOptions & {
  /** [batch, time, size], or [size]: the same for all rows and frames. */
  readonly a: Sequence | Tensor1D;
  /** [batch, time, size] */
  readonly b: Sequence;
  /** [batch, size]; zeros by default. */
  readonly h?: Frame | undefined;
};

/** The same of complex numbers. */
export type ComplexLinearScan = LinearScanOptions & {
  readonly a: Complex<Sequence> | Complex<Tensor1D>;
  readonly b: Complex<Sequence>;
  readonly h?: Complex<Frame> | undefined;
};

/** Outputs [batch, time, size], and the state [batch, size] after the frame that is run last. */
export type LinearScanResult = { readonly outputs: Sequence; readonly h: Frame };

/** The same of complex numbers. */
export type ComplexLinearScanResult = { readonly outputs: Complex<Sequence>; readonly h: Complex<Frame> };

/**
 * A linear recurrence over a whole sequence as one op, of real or complex numbers.
 *
 *   hₜ = aₜ∘hₜ₋₁ + bₜ,   t = 1 … time         outputₜ = hₜ
 *
 * Gradients are exact, from one pass in the other direction, and have gradients themselves, to any order. Those of
 * complex numbers are w.r.t. real and imaginary parts:
 *
 *   dbₜ = dOutputₜ + conj(aₜ₊₁)∘dbₜ₊₁         daₜ = dbₜ∘conj(hₜ₋₁)         dh₀ = conj(a₁)∘db₁
 *
 * Shapes: a [batch, time, size] or [size]; b [batch, time, size]; h [batch, size]; mask [batch, time].
 * Cost:   on cpu and wasm one pass over the frames, O(time), with WebAssembly SIMD on wasm where there is any; numbers
 *         below 1e-30 become 0 there. On webgl and webgpu ⌈log₂ time⌉ draws over all frames, and one for a start and for each
 *         result; elsewhere as many rounds of the backend's ops. There, products of a over many frames must not
 *         overflow. Held for the gradient: a, h and outputs, on webgl and webgpu twice as many numbers as outputs.
 * @throws {ShapeError} if shapes do not match, there is no row or no frame, some numbers are complex and others
 * real, or an input other than the mask is not float32.
 * @throws {DataError} for a mask with other numbers than 0 and 1, on cpu and wasm.
 * @see Blelloch 1990, "Prefix sums and their applications"; Martin & Cundy 2018, "Parallelizing linear recurrent neural
 * nets over sequence length"; in rounds: Hillis & Steele 1986, "Data parallel algorithms"
 */
export function linearScan(scan: LinearScan): LinearScanResult;
export function linearScan(scan: ComplexLinearScan): ComplexLinearScanResult;
export function linearScan(scan: LinearScan | ComplexLinearScan): LinearScanResult | ComplexLinearScanResult {
  const { mask, reverse = false } = scan;
  const [a, b] = [partsOf(scan.a), partsOf(scan.b)];
  const h = scan.h === undefined ? undefined : partsOf(scan.h);
  expectInputs(a, b, h, mask);
  return tree.tidy(() => {
    const [batch, , size] = (b[0] as Tensor).shape as [number, number, number];
    const result = scanOnTape({
      a,
      b,
      h: h ?? b.map(() => zeros([batch, size])),
      mask: mask && cast(mask, 'float32'),
      reverse,
    });
    return { outputs: joined(result.outputs), h: joined(result.h) };
  }) as LinearScanResult | ComplexLinearScanResult;
}

const partsOf = (numbers: Tensor | Complex<Tensor>): Parts =>
  'real' in numbers ? [numbers.real, numbers.imag] : [numbers];

const joined = ([real, imag]: Parts): Tensor | Complex<Tensor> =>
  imag === undefined ? (real as Tensor) : { real: real as Tensor, imag };

function expectInputs(a: Parts, b: Parts, h: Parts | undefined, mask: Tensor2D | undefined): void {
  const given = { b, a, ...(h && { h }) };
  const [batch, time, size] = (b[0] as Tensor).shape;
  const axes = {
    a: a[0]?.rank === 1 ? { size } : { batch, time, size },
    b: { batch: undefined, time: undefined, size: undefined },
    h: { batch, size },
  };
  for (const [name, parts] of Object.entries(given) as ['a' | 'b' | 'h', Parts][]) {
    if (parts.length !== b.length) {
      const [wanted, got] =
        b.length === 2 ? ['{ real, imag } as b is', 'a tensor'] : ['a tensor as b is', '{ real, imag }'];
      throw new ShapeError(`${WHERE}: ${name}: expected ${wanted}, got ${got}.`);
    }
    for (const [i, part] of parts.entries()) {
      const label = parts.length === 1 ? name : `${name}.${i === 0 ? 'real' : 'imag'}`;
      expectShape(WHERE, label, part, axes[name]);
      if (part.dtype !== 'float32') throw new ShapeError(`${WHERE}: ${label}: expected float32, got ${part.dtype}.`);
    }
  }
  expectFrames(WHERE, 'b', b[0] as Tensor);
  if (mask === undefined) return;
  expectShape(WHERE, 'mask', mask, { batch, time });
  expectMask(WHERE, 'mask', mask);
}

const WHERE = 'linearScan';
