import type { CompiledCell, Stepper } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type CompiledMemory, compiledMemory } from './simd/compiled-memory.ts';
import { copyRows, packWeights, writeRows } from './simd/compiled-weights.ts';
import type { SimdExports } from './simd/instantiate.ts';
import { paddedWidth } from './simd/workspace.ts';
import { valuesHere } from './values-here.ts';

/** Sizes and weights of a cell whose input enters through one product; widths are gates·hidden. */
export type RecurrentParams = { readonly kernel: Tensor; readonly recurrentKernel: Tensor; readonly bias: Tensor };

/** How a cell does one frame with the SIMD kernels. */
export type Recurrence<P extends RecurrentParams> = {
  readonly gates: number;
  /** The leaves of its state, the output first. */
  readonly states: readonly string[];
  /** Floats of scratch that a frame of `batch` rows of `width` needs in addition to gates and states. */
  readonly extra?: (batch: number, width: number) => number;
  /** Address of the projected input. */
  readonly projectedAt: 'gates' | 'state';
  /** The packed parameters that all frames need: addresses, freed by the caller. */
  weights(memory: CompiledMemory, params: P): readonly number[];
  run(simd: SimdExports, frame: FrameBlocks): void;
};

/** Addresses in bytes. A state lies as two frames: before and after, or if `reverse` after and before. */
type FrameBlocks = {
  readonly batch: number;
  readonly width: number;
  readonly reverse: 0 | 1;
  readonly weights: readonly number[];
  readonly gates: number;
  readonly extra: number;
  readonly states: readonly number[];
};

/** Shared by all steppers of a compiled cell. */
type Compiled<P extends RecurrentParams> = {
  readonly memory: CompiledMemory;
  readonly recurrence: Recurrence<P>;
  readonly inputSize: number;
  readonly hidden: number;
  readonly width: number;
  readonly packedInput: number;
  readonly bias: number;
  readonly weights: readonly number[];
};

/**
 * A cell with its parameters packed for steps of few rows, where those beat ops on tensors: on the backends cpu and wasm
 * with SIMD; undefined elsewhere.
 */
export function compileRecurrence<P extends RecurrentParams, S extends { readonly [name: string]: Tensor }>(
  recurrence: Recurrence<P>,
  params: P,
): CompiledCell<S> | undefined {
  const memory = compiledMemory();
  if (memory === undefined) return undefined;
  const { gates } = recurrence;
  const { kernel, bias } = params;
  const [inputSize, total] = kernel.shape as [number, number];
  const hidden = total / gates;
  const width = paddedWidth(hidden);
  const compiled: Compiled<P> = {
    memory,
    recurrence,
    inputSize,
    hidden,
    width,
    packedInput: packWeights(memory, kernel, { size: hidden, groups: gates, depth: inputSize }),
    bias: copyRows(memory, [bias], hidden),
    weights: recurrence.weights(memory, params),
  };
  return {
    start: (state) => startStepper(compiled, state),
    dispose() {
      for (const address of [compiled.packedInput, compiled.bias, ...compiled.weights]) memory.free(address);
    },
  };
}

function startStepper<P extends RecurrentParams>(
  compiled: Compiled<P>,
  state: { readonly [name: string]: Tensor },
): Stepper {
  const { memory, recurrence, inputSize, hidden, width, packedInput, bias, weights } = compiled;
  const { gates } = recurrence;
  let batch = (state[recurrence.states[0] as string] as Tensor).shape[0] as number;
  let reverse: 0 | 1 = 0;
  const frame = batch * width;
  const extra = recurrence.extra?.(batch, width) ?? 0;
  const sizes = [gates * frame, extra, batch * inputSize, batch * hidden, ...recurrence.states.map(() => 2 * frame)];
  const block = memory.allocate(sizes.reduce((sum, size) => sum + size, 0));
  let end = block;
  const addresses = sizes.map((size) => {
    end += 4 * size;
    return end - 4 * size;
  });
  const [gatesAt, extraAt, inputsAt, outputsAt, ...states] = addresses as [number, number, number, number, ...number[]];
  for (const [i, name] of recurrence.states.entries()) {
    const values = valuesHere(state[name] as Tensor);
    writeRows(memory, states[i] as number, values, { size: hidden, width });
  }
  /** The frame of a state that is the first of the two, or the second. */
  const frameOf = (address: number, second: 0 | 1): number => address + 4 * second * batch * width;
  const project = (to: number, inputs: Float32Array): void => {
    memory.view(inputsAt, batch * inputSize).set(inputs);
    const row = memory.view(bias, gates * width);
    const rows = memory.view(to, batch * gates * width);
    for (let i = 0; i < batch; i++) rows.set(row, i * gates * width);
    const columns = gates * width;
    memory.simd.multiplyRows(0, 0, batch, inputsAt, 4 * inputSize, packedInput, to, 4 * columns, inputSize, columns, 1);
  };

  return {
    step(inputs, isProjected = false) {
      const after = frameOf(states[0] as number, reverse === 0 ? 1 : 0);
      const to = recurrence.projectedAt === 'gates' ? gatesAt : after;
      if (isProjected) writeRows(memory, to, inputs, { size: hidden, width });
      else project(to, inputs);
      recurrence.run(memory.simd, { batch, width, reverse, weights, gates: gatesAt, extra: extraAt, states });
      reverse = reverse === 0 ? 1 : 0;
      if (width === hidden) return memory.view(after, batch * hidden);
      const outputs = memory.view(outputsAt, batch * hidden);
      const padded = memory.view(after, batch * width);
      for (let i = 0; i < batch; i++) outputs.set(padded.subarray(i * width, i * width + hidden), i * hidden);
      return outputs;
    },
    keep(rows) {
      for (const address of states) {
        const old = memory.view(frameOf(address, reverse), batch * width).slice();
        const kept = memory.view(address, rows.length * width);
        for (const [i, row] of rows.entries()) kept.set(old.subarray(row * width, (row + 1) * width), i * width);
      }
      batch = rows.length;
      reverse = 0;
    },
    dispose: () => memory.free(block),
  };
}
