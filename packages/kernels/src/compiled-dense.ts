import type { HighestLogits } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { hasSimdHere } from './simd/here.ts';
import { quicker } from './simd/quicker.ts';
import { paddedWidth, sharedWorkspace, type Workspace } from './simd/workspace.ts';
import { valuesHere } from './values-here.ts';

/** x·kernel + bias of few rows, on typed arrays. */
export type CompiledDense = {
  /** inputs [rows·inputSize]; the result [rows·outputSize] is valid until the next call. */
  apply(inputs: Float32Array): Float32Array;
  /** The `count` highest of each row of that result, 1 to outputSize. Valid until the next call. */
  highest(inputs: Float32Array, count: number): HighestLogits;
  dispose(): void;
};

/** Number of weights below which one thread does it: a row of as many takes about ten microseconds. */
const WORTH_THREADS = 500_000;

type Product = [inputs: number, outputs: number, rows: number];

/** Addresses in bytes. */
type Room = { readonly floats: number; readonly at: number };

/** A dense layer, kernel [inputSize, outputSize], with its weights packed; undefined where ops on tensors do as well. */
export function compileDense(kernel: Tensor, bias: Tensor): CompiledDense | undefined {
  const workspace = hasSimdHere() ? sharedWorkspace() : undefined;
  if (workspace === undefined) return undefined;
  const { simd, blocks, team } = workspace;
  const [inputSize, outputSize] = kernel.shape as [number, number];
  const width = paddedWidth(outputSize);
  const packed = packedKernel(workspace, kernel);
  const offsets = blocks.take(4 * width);
  blocks.view(offsets, width).fill(0);
  blocks.view(offsets, outputSize).set(valuesHere(bias));
  let room: Room = { floats: 0, at: 0 };

  const argumentsOf = (inputs: number, outputs: number, rows: number) =>
    [inputs, 4 * inputSize, packed, outputs, 4 * width, rows, inputSize, width, 1] as const;
  const alone = (...of: Product): void => simd.multiplyColumns(0, 0, width, ...argumentsOf(...of));
  const together = (inputs: number, outputs: number, rows: number): void => {
    const restore = (from: number, to: number): void => startFrom(outputs, rows, from, to);
    const operations = 2 * rows * inputSize * width;
    team.runOnto(restore, 'multiplyColumns', width, 16, operations, ...argumentsOf(inputs, outputs, rows));
  };
  /** Adds the product to the result, on one thread or on all of them. */
  const product = inputSize * width < WORTH_THREADS ? alone : quicker(alone, together, () => team.threads > 1);
  /** Sets the columns `from` to `to` of the result to the bias. */
  const startFrom = (outputs: number, rows: number, from: number, to: number): void => {
    const row = blocks.view(offsets + 4 * from, to - from);
    const all = blocks.view(outputs, rows * width);
    for (let i = 0; i < rows; i++) all.set(row, i * width + from);
  };
  /** One block, as large as the largest need. `inputs` may lie in the memory, which may move: their new view is returned. */
  const withRoom = (floats: number, inputs: Float32Array): Float32Array => {
    if (floats <= room.floats) return inputs;
    const values = inputs.slice();
    if (room.floats > 0) blocks.give(room.at);
    room = { floats, at: blocks.take(4 * floats) };
    return values;
  };
  /** Layout of the block: the product, then the inputs and scratch. */
  const multiply = (inputs: Float32Array, rows: number): void => {
    const [outputsAt, inputsAt] = [room.at, room.at + 4 * rows * width];
    blocks.view(inputsAt, inputs.length).set(inputs);
    startFrom(outputsAt, rows, 0, width);
    product(inputsAt, outputsAt, rows);
  };

  return {
    apply(given) {
      const rows = given.length / inputSize;
      multiply(withRoom(rows * (inputSize + width), given), rows);
      const outputs = blocks.view(room.at, rows * width);
      if (width === outputSize) return outputs;
      for (let i = 1; i < rows; i++) outputs.copyWithin(i * outputSize, i * width, i * width + outputSize);
      return outputs.subarray(0, rows * outputSize);
    },
    highest(given, count) {
      const rows = given.length / inputSize;
      const more = rows * (2 * count + 2) + 1 + (simd.HIGHEST_ROOM.value as number);
      multiply(withRoom(rows * (width + inputSize) + more, given), rows);
      const chosen = room.at + 4 * rows * (width + inputSize);
      const places = chosen + 4 * rows * count;
      const normalizers = Math.ceil((places + 4 * rows * count) / 8) * 8;
      const results = [chosen, places, normalizers, normalizers + 8 * rows] as const;
      simd.highest(0, 0, rows, outputSize, 4 * width, room.at, count, ...results);
      const { buffer } = blocks.view(room.at, 0);
      return {
        tokens: new Int32Array(buffer, places, rows * count),
        logits: new Float32Array(buffer, chosen, rows * count),
        normalizers: new Float64Array(buffer, normalizers, rows),
      };
    },
    dispose() {
      if (room.floats > 0) blocks.give(room.at);
      for (const address of [packed, offsets]) blocks.give(address);
    },
  };
}

/** A kernel [rows, columns] in panels, as products read it: its address. */
function packedKernel({ simd, blocks }: Workspace, kernel: Tensor): number {
  const [rows, columns] = kernel.shape as [number, number];
  const width = paddedWidth(columns);
  const packed = blocks.take(4 * rows * width);
  const source = blocks.take(4 * kernel.size);
  blocks.view(source, kernel.size).set(valuesHere(kernel));
  simd.packKernel(0, 0, width, source, 4 * columns, packed, rows, columns);
  blocks.give(source);
  return packed;
}
