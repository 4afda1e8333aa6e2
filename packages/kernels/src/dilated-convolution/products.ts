import type { SimdExports } from '../simd/instantiate.ts';
import { paddedWidth } from '../simd/workspace.ts';

/** x [length + (kernelSize − 1)·dilation, inputSize], kernel [kernelSize, inputSize, outputSize], y [length, outputSize]. */
export type Sizes = {
  readonly length: number;
  readonly inputSize: number;
  readonly outputSize: number;
  readonly kernelSize: number;
  readonly dilation: number;
};

/** A memory with our module. Addresses are in bytes; a view is valid until the memory grows. */
type Room = { readonly simd: SimdExports; view(address: number, floats: number): Float32Array };

/** Where the operands, the result and the scratch are. */
export type Addresses = { readonly [operand in 'x' | 'kernel' | 'bias' | 'dy' | 'out' | 'scratch']: number };

/** One of the three products of a convolution. */
export type Part = {
  /** Numbers of scratch. */
  scratch(of: Sizes): number;
  run(room: Room, of: Sizes, at: Addresses): void;
};

/** Rows of a result that are computed for all taps before the next: they stay in the caches. */
const BLOCK = 512;

export const rowsOf = ({ length, kernelSize, dilation }: Sizes): number => length + (kernelSize - 1) * dilation;

/** y = bias + Σ x shifted · kernel. */
export const onRows: Part = {
  scratch: ({ inputSize, outputSize, kernelSize }) => (kernelSize * inputSize + BLOCK) * paddedWidth(outputSize),
  run({ simd, view }, { length, inputSize, outputSize, kernelSize, dilation }, at) {
    const width = paddedWidth(outputSize);
    const isPadded = width !== outputSize;
    const [xStep, tap] = [4 * inputSize, 4 * inputSize * width];
    const block = at.scratch + kernelSize * tap;
    for (let k = 0; k < kernelSize; k++) {
      const kernel = at.kernel + 4 * k * inputSize * outputSize;
      simd.packKernel(0, 0, width, kernel, 4 * outputSize, at.scratch + k * tap, inputSize, outputSize);
    }
    const bias = new Float32Array(width);
    bias.set(view(at.bias, outputSize));
    for (let from = 0; from < length; from += BLOCK) {
      const rows = Math.min(BLOCK, length - from);
      const out = at.out + 4 * from * outputSize;
      const to = isPadded ? block : out;
      repeat(view(to, rows * width), bias);
      for (let k = 0; k < kernelSize; k++) {
        const x = at.x + (from + k * dilation) * xStep;
        simd.multiplyColumns(0, 0, width, x, xStep, at.scratch + k * tap, to, 4 * width, rows, inputSize, width, 1);
      }
      if (isPadded) copyRows(simd, rows, block, width, out, outputSize);
    }
  },
};

/** dx = Σ dy shifted back · kernelᵀ. */
export const onInput: Part = {
  scratch(of) {
    const width = paddedWidth(of.inputSize);
    return (of.kernelSize * of.outputSize + (width === of.inputSize ? 0 : rowsOf(of))) * width;
  },
  run({ simd, view }, of, at) {
    const { length, inputSize, outputSize, kernelSize, dilation } = of;
    const width = paddedWidth(inputSize);
    const isPadded = width !== inputSize;
    const [yStep, tap] = [4 * outputSize, 4 * outputSize * width];
    const to = isPadded ? at.scratch + kernelSize * tap : at.out;
    for (let k = 0; k < kernelSize; k++) {
      const kernel = at.kernel + 4 * k * inputSize * outputSize;
      simd.packTransposedKernel(0, 0, width, kernel, 4 * outputSize, at.scratch + k * tap, inputSize, outputSize);
    }
    view(to, rowsOf(of) * width).fill(0);
    for (let from = 0; from < length; from += BLOCK) {
      const rows = Math.min(BLOCK, length - from);
      const dy = at.dy + from * yStep;
      for (let k = 0; k < kernelSize; k++) {
        const dx = to + 4 * (from + k * dilation) * width;
        simd.multiplyColumns(0, 0, width, dy, yStep, at.scratch + k * tap, dx, 4 * width, rows, outputSize, width, 1);
      }
    }
    if (isPadded) copyRows(simd, rowsOf(of), to, width, at.out, inputSize);
  },
};

/** dKernel = xᵀ shifted · dy, for each tap. */
export const onKernel: Part = {
  scratch: (of) => of.inputSize * rowsOf(of) + (of.length + of.inputSize) * paddedWidth(of.outputSize),
  run({ simd }, of, at) {
    const { length, inputSize, outputSize, kernelSize, dilation } = of;
    const width = paddedWidth(outputSize);
    const isPadded = width !== outputSize;
    const rows = rowsOf(of);
    const packed = at.scratch + 4 * inputSize * rows;
    const sums = packed + 4 * length * width;
    // xᵀ, of which the shifts are columns further on.
    simd.swapAxes(0, 0, inputSize, at.x, 4, at.scratch, 4, rows, inputSize, 1);
    simd.packKernel(0, 0, width, at.dy, 4 * outputSize, packed, length, outputSize);
    for (let k = 0; k < kernelSize; k++) {
      const out = at.out + 4 * k * inputSize * outputSize;
      const to = isPadded ? sums : out;
      const x = at.scratch + 4 * k * dilation;
      simd.multiplyColumns(0, 0, width, x, 4 * rows, packed, to, 4 * width, inputSize, length, width, 0);
      if (isPadded) copyRows(simd, inputSize, sums, width, out, outputSize);
    }
  },
};

/** Fills rows with one. */
function repeat(rows: Float32Array, row: Float32Array): void {
  rows.set(row);
  for (let done = row.length; done < rows.length; done *= 2)
    rows.copyWithin(done, 0, Math.min(done, rows.length - done));
}

/** Copies the first numbers of rows of `width`. */
const copyRows = (simd: SimdExports, rows: number, from: number, width: number, to: number, size: number): void =>
  simd.swapAxes(0, 0, rows, from, 4 * width, to, 4 * size, 1, rows, size);
