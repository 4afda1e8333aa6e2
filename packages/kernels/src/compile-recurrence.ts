import type { CompiledCell, Stepper } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Heap } from './simd/heap.ts';
import { packWeights, writeRows } from './simd/heap-weights.ts';
import { heapHere } from './simd/here.ts';
import { paddedWidth } from './simd/workspace.ts';

/** What a cell that sees its input through one product is made of; widths are gates·hidden. */
type AffineParams = { readonly kernel: Tensor; readonly recurrentKernel: Tensor; readonly bias: Tensor };

/** How a cell does one frame, with the SIMD kernels on the heap of tfjs. */
export type Recurrence = {
  readonly gates: number;
  /** The leaves of its state, the output first. */
  readonly states: readonly string[];
  /** Floats that a frame of `batch` rows of `width` needs beside gates and states. */
  readonly extra?: (batch: number, width: number) => number;
  /** Where the projected input goes. */
  readonly projectedAt: 'gates' | 'state';
  run(heap: Heap, frame: FrameBlocks): void;
};

/** Addresses in bytes. States lie as two frames: before and after. */
type FrameBlocks = {
  readonly batch: number;
  readonly width: number;
  readonly packed: number;
  readonly gates: number;
  readonly extra: number;
  readonly states: readonly number[];
};

/**
 * A cell with its parameters packed for steps of few rows, where those beat ops on tensors: on the wasm backend with SIMD;
 * undefined elsewhere.
 */
export function compileRecurrence<S extends { readonly [name: string]: Tensor }>(
  recurrence: Recurrence,
  { kernel, recurrentKernel, bias }: AffineParams,
): CompiledCell<S> | undefined {
  const heap = heapHere();
  if (heap === undefined) return undefined;
  const { gates } = recurrence;
  const [inputSize, total] = kernel.shape as [number, number];
  const hidden = total / gates;
  const width = paddedWidth(hidden);
  const shape = { size: hidden, groups: gates };
  const packedInput = packWeights(heap, kernel, { ...shape, depth: inputSize });
  const packed = packWeights(heap, recurrentKernel, { ...shape, depth: width });
  const biasAt = heap.allocate(gates * width);
  writeRows(heap, biasAt, heap.view(heap.addressOf(bias), total), { size: hidden, width });

  const start = (state: S): Stepper => {
    let batch = (state[recurrence.states[0] as string] as Tensor).shape[0] as number;
    const frame = batch * width;
    const extra = recurrence.extra?.(batch, width) ?? 0;
    const sizes = [gates * frame, extra, ...recurrence.states.map(() => 2 * frame), batch * inputSize, batch * hidden];
    const block = heap.allocate(sizes.reduce((sum, size) => sum + size, 0));
    let end = block;
    const addresses = sizes.map((size) => {
      end += 4 * size;
      return end - 4 * size;
    });
    const [gatesAt, extraAt] = addresses as [number, number];
    const states = addresses.slice(2, -2);
    const [inputsAt, outputsAt] = addresses.slice(-2) as [number, number];
    for (const [i, name] of recurrence.states.entries()) {
      const values = heap.view(heap.addressOf(state[name] as Tensor), batch * hidden);
      writeRows(heap, states[i] as number, values, { size: hidden, width });
    }
    const after = (): number => 4 * batch * width;
    const projectedAt = (): number => (recurrence.projectedAt === 'gates' ? gatesAt : (states[0] as number) + after());

    return {
      step(inputs, isProjected = false) {
        const z = projectedAt();
        if (isProjected) writeRows(heap, z, inputs, { size: hidden, width });
        else {
          heap.view(inputsAt, batch * inputSize).set(inputs);
          const row = heap.view(biasAt, gates * width);
          const rows = heap.view(z, batch * gates * width);
          for (let i = 0; i < batch; i++) rows.set(row, i * gates * width);
          heap.simd.multiply(0, 0, batch, inputsAt, packedInput, z, inputSize, gates * width, 1);
        }
        recurrence.run(heap, { batch, width, packed, gates: gatesAt, extra: extraAt, states });
        for (const address of states) {
          heap.view(address, 2 * batch * width).copyWithin(0, batch * width);
        }
        const [h] = states as [number];
        if (width === hidden) return heap.view(h, batch * hidden);
        const outputs = heap.view(outputsAt, batch * hidden);
        const padded = heap.view(h, batch * width);
        for (let i = 0; i < batch; i++) outputs.set(padded.subarray(i * width, i * width + hidden), i * hidden);
        return outputs;
      },
      keep(rows) {
        for (const address of states) {
          const old = heap.view(address, batch * width).slice();
          const kept = heap.view(address, rows.length * width);
          for (const [i, row] of rows.entries()) kept.set(old.subarray(row * width, (row + 1) * width), i * width);
        }
        batch = rows.length;
      },
      dispose: () => heap.free(block),
    };
  };
  return {
    start,
    dispose() {
      for (const address of [packedInput, packed, biasAt]) heap.free(address);
    },
  };
}
