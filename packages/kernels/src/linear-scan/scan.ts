import type { Tensor } from '@tensorflow/tfjs-core';

/** One tensor if numbers are real; two, of real and of imaginary parts, if they are complex. */
export type Parts<T = Tensor> = readonly T[];

/** The factors a [batch, time, size], or [size] if they are constant, and the frames that are run. */
export type Factors = {
  readonly a: Parts;
  /** float32 [batch, time]: a frame is held where it is 0. */
  readonly mask?: Tensor | undefined;
  readonly reverse: boolean;
};

/** A linear recurrence with its terms b [batch, time, size] and its initial state h [batch, size]. */
export type Scan = Factors & { readonly b: Parts; readonly h: Parts };

/** outputs [batch, time, size], and the last state h [batch, size]. */
export type ScanResult = { readonly outputs: Parts; readonly h: Parts };

/** The gradients, of the shapes of a, b and h. */
export type ScanGradients = { readonly a: Parts; readonly b: Parts; readonly h: Parts };

/** How a backend computes a scan and its gradients. `saved` is passed from one to the other. */
export type ScanKernels = {
  forward(scan: Scan): ScanResult & { readonly saved: readonly Tensor[] };
  backward(
    of: Factors & { readonly h: Parts; readonly saved: readonly Tensor[] },
    resultGradients: ScanResult,
  ): ScanGradients;
};

/** Whether a is constant over rows and frames. */
export function isConstant({ a }: Pick<Factors, 'a'>): boolean {
  return a[0]?.rank === 1;
}
