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
  run({ simd, view }, of, at) {
    const { length, inputSize, outputSize, kernelSize, dilation } = of;
    const width = paddedWidth(outputSize);
    const [xStep, tap] = [4 * inputSize, 4 * inputSize * width];
    for (let k = 0; k < kernelSize; k++) {
      simd.packKernel(
        0,
        0,
        width,
        at.kernel + 4 * k * inputSize * outputSize,
        4 * outputSize,
        at.scratch + k * tap,
        inputSize,
        outputSize,
      );
    }
    const isPadded = width !== outputSize;
    const block = at.scratch + kernelSize * tap;
    const bias = new Float32Array(width);
    bias.set(view(at.bias, outputSize));
    for (let from = 0; from < length; from += BLOCK) {
      const rows = Math.min(BLOCK, length - from);
      const to = isPadded ? block : at.out + 4 * from * width;
      repeat(view(to, rows * width), bias);
      for (let k = 0; k < kernelSize; k++) {
        simd.multiplyColumns(
          0,
          0,
          width,
          at.x + (from + k * dilation) * xStep,
          xStep,
          at.scratch + k * tap,
          to,
          4 * width,
          rows,
          inputSize,
          width,
          1,
        );
      }
      if (isPadded)
        unpad(view(block, rows * width), width, view(at.out + 4 * from * outputSize, rows * outputSize), outputSize);
    }
  },
};

/** dx: Σ dy shifted back · kernelᵀ. */
export const onInput: Part = {
  scratch(of) {
    const width = paddedWidth(of.inputSize);
    return (of.kernelSize * of.outputSize + (width === of.inputSize ? 0 : rowsOf(of))) * width;
  },
  run({ simd, view }, of, at) {
    const { length, inputSize, outputSize, kernelSize, dilation } = of;
    const width = paddedWidth(inputSize);
    const tap = 4 * outputSize * width;
    for (let k = 0; k < kernelSize; k++) {
      simd.packTransposedKernel(
        0,
        0,
        width,
        at.kernel + 4 * k * inputSize * outputSize,
        4 * outputSize,
        at.scratch + k * tap,
        inputSize,
        outputSize,
      );
    }
    const isPadded = width !== inputSize;
    const to = isPadded ? at.scratch + kernelSize * tap : at.out;
    const sums = view(to, rowsOf(of) * width);
    sums.fill(0);
    for (let from = 0; from < length; from += BLOCK) {
      const rows = Math.min(BLOCK, length - from);
      for (let k = 0; k < kernelSize; k++) {
        simd.multiplyColumns(
          0,
          0,
          width,
          at.dy + 4 * from * outputSize,
          4 * outputSize,
          at.scratch + k * tap,
          to + 4 * (from + k * dilation) * width,
          4 * width,
          rows,
          outputSize,
          width,
          1,
        );
      }
    }
    if (isPadded) unpad(sums, width, view(at.out, rowsOf(of) * inputSize), inputSize);
  },
};

/** dKernel: of each tap, xᵀ shifted · dy. */
export const onKernel: Part = {
  scratch: (of) => of.inputSize * rowsOf(of) + (of.length + of.inputSize) * paddedWidth(of.outputSize),
  run({ simd, view }, of, at) {
    const { length, inputSize, outputSize, kernelSize, dilation } = of;
    const width = paddedWidth(outputSize);
    const rows = rowsOf(of);
    const packed = at.scratch + 4 * inputSize * rows;
    const sums = packed + 4 * length * width;
    // xᵀ, of which the shifts are columns further on.
    transpose(view(at.x, rows * inputSize), view(at.scratch, rows * inputSize), rows, inputSize);
    simd.packKernel(0, 0, width, at.dy, 4 * outputSize, packed, length, outputSize);
    for (let k = 0; k < kernelSize; k++) {
      const to = at.out + 4 * k * inputSize * outputSize;
      const isPadded = width !== outputSize;
      simd.multiplyColumns(
        0,
        0,
        width,
        at.scratch + 4 * k * dilation,
        4 * rows,
        packed,
        isPadded ? sums : to,
        4 * width,
        inputSize,
        length,
        width,
        0,
      );
      if (isPadded) unpad(view(sums, inputSize * width), width, view(to, inputSize * outputSize), outputSize);
    }
  },
};

/** Fills rows with one. */
function repeat(rows: Float32Array, row: Float32Array): void {
  rows.set(row);
  for (let done = row.length; done < rows.length; done *= 2)
    rows.copyWithin(done, 0, Math.min(done, rows.length - done));
}

function unpad(padded: Float32Array, width: number, rows: Float32Array, size: number): void {
  let to = 0;
  for (let from = 0; to < rows.length; from += width)
    for (let i = 0; i < size; i++) rows[to++] = padded[from + i] as number;
}

/** By tiles, so that both sides stay in the cache. */
function transpose(from: Float32Array, to: Float32Array, rows: number, columns: number): void {
  for (let first = 0; first < rows; first += 64) {
    const last = Math.min(first + 64, rows);
    for (let column = 0; column < columns; column++) {
      const start = column * rows;
      for (let row = first; row < last; row++) to[start + row] = from[row * columns + column] as number;
    }
  }
}
