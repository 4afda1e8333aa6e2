import type { Tensor } from '@tensorflow/tfjs-core';
import { packWeights } from './simd/heap-weights.ts';
import { heapHere } from './simd/here.ts';
import { paddedWidth } from './simd/workspace.ts';

/** x·kernel + bias of few rows, on typed arrays. */
export type CompiledDense = {
  /** inputs [rows·inputSize]; the result [rows·outputSize] is valid until the next call. */
  apply(inputs: Float32Array): Float32Array;
  dispose(): void;
};

/** A dense layer, kernel [inputSize, outputSize], with its weights packed; undefined where ops on tensors do as well. */
export function compileDense(kernel: Tensor, bias: Tensor): CompiledDense | undefined {
  const heap = heapHere();
  if (heap === undefined) return undefined;
  const [inputSize, outputSize] = kernel.shape as [number, number];
  const width = paddedWidth(outputSize);
  const packed = packWeights(heap, kernel, { size: outputSize, groups: 1, depth: inputSize });
  let room = { rows: 0, inputs: 0, outputs: 0 };
  const dispose = (): void => {
    if (room.rows > 0) heap.free(room.inputs);
  };
  return {
    apply(inputs) {
      const rows = inputs.length / inputSize;
      if (rows > room.rows) {
        const values = inputs.slice(); // which may be on the heap, and move as it grows
        dispose();
        const address = heap.allocate(rows * (inputSize + width));
        room = { rows, inputs: address, outputs: address + 4 * rows * inputSize };
        return this.apply(values);
      }
      heap.view(room.inputs, inputs.length).set(inputs);
      const offsets = heap.view(heap.addressOf(bias), outputSize);
      const outputs = heap.view(room.outputs, rows * width);
      for (let i = 0; i < rows; i++) outputs.set(offsets, i * width);
      heap.simd.multiply(0, 0, rows, room.inputs, packed, room.outputs, inputSize, width, 1);
      if (width === outputSize) return outputs;
      for (let i = 1; i < rows; i++) outputs.copyWithin(i * outputSize, i * width, i * width + outputSize);
      return outputs.subarray(0, rows * outputSize);
    },
    dispose() {
      dispose();
      heap.free(packed);
    },
  };
}
