import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { Heap } from '../simd/heap.ts';
import { type Factors, isConstant, type Parts, type ScanKernels } from './scan.ts';

/** On the heap of the wasm backend, in SIMD, where the tensors lie: one pass over the frames. */
export function onHeap(heap: Heap): ScanKernels {
  const { simd } = heap;
  const makeLike = (parts: Parts): Tensor[] =>
    parts.map(({ shape }) => engine().makeTensorFromTensorInfo(heap.make(shape)));
  const addressesOf = (...tensors: Parts[]): number[] => tensors.flat().map((tensor) => heap.addressOf(tensor));
  /** Sizes, mask and the bytes from frame to frame of a. */
  const framesOf = (of: Factors, { shape }: Tensor): number[] => {
    const [batch, time, size] = shape as [number, number, number];
    const mask = of.mask === undefined ? 0 : heap.addressOf(of.mask);
    return [batch, time, size, mask, of.reverse ? 1 : 0, isConstant(of) ? 0 : 4 * size];
  };
  return {
    forward(scan) {
      const { a, b, h } = scan;
      const [outputs, last] = [makeLike(b), makeLike(h)];
      const run = b.length === 1 ? simd.forwardScan : simd.forwardComplexScan;
      run(...framesOf(scan, b[0] as Tensor), ...addressesOf(a, b, h, outputs, last));
      return { outputs, h: last, saved: outputs };
    },
    backward(of, { outputs: dOutputs, h: dLast }) {
      const { a, h, saved: outputs } = of;
      const [dA, dB, dH] = [makeLike(a), makeLike(outputs), makeLike(h)];
      const run = a.length === 1 ? simd.backwardScan : simd.backwardComplexScan;
      const frames = framesOf(of, outputs[0] as Tensor);
      const [batch, , size] = frames as [number, number, number];
      // The gradient w.r.t. a constant a: the sums of every row, and then their sum.
      const sums = isConstant(of) ? heap.scratch(a.length * batch * size) : undefined;
      const rowSums = sums === undefined ? undefined : a.map((_, part) => sums + 4 * part * batch * size);
      run(
        ...frames,
        ...addressesOf(a, h, outputs, dOutputs, dLast),
        ...(rowSums ?? addressesOf(dA)),
        ...addressesOf(dB, dH),
      );
      for (const [part, rows] of (rowSums ?? []).entries()) {
        simd.columnSums(0, 0, size, batch, 4 * size, rows, heap.addressOf(dA[part] as Tensor));
      }
      return { a: dA, b: dB, h: dH };
    },
  };
}
