import { OptionError, ShapeError } from '@elman/core';
import type { Buffer } from '../plan/plan.ts';
import { TABLE } from '../wasm/addresses.ts';
import { tableLength } from '../wasm/module.ts';
import type { InputTable, TabulatedInputs } from './input-table.ts';
import { onceOnly, type PackedCell } from './packed-cell.ts';
import { takeRoom } from './room.ts';
import { runnerOf } from './runner.ts';

/** A cell on typed arrays: a batch of rows, each with its state. */
export interface Stepper {
  /** One frame: inputs [batch·inputSize], row after row, to outputs [batch·outputSize], which are valid until the next call. */
  step(inputs: Float32Array): Float32Array;
  /** The same, where the inputs are these rows of a table. */
  stepRows(table: InputTable, rows: readonly number[]): Float32Array;
  /** Continues with these rows of the batch, in this order; rows may repeat, up to the initial batch size. */
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/** What a stepper begins with: for each buffer numbers without padding, rows [batch, width]. */
export type Beginning = {
  readonly batch: number;
  /** Leaves of the state, in the order of the plan. */
  readonly state: readonly Float32Array[];
  /** Reads what is the same at all frames: n rows, of which each is for batch/n rows of the batch. */
  readonly constants: () => ReadonlyMap<Buffer, Float32Array>;
  /** The n of `constants`. */
  readonly sources: number;
};

/** Starts a batch of rows. The two frames of a state, before and after, take turns. */
export function startStepper(cell: PackedCell, { batch: rows, state, constants, sources }: Beginning): Stepper {
  const { name, workspace, frames } = cell;
  const { blocks } = workspace;
  const { plan, once, ofInput, rest, gathered } = frames;
  const { output, input } = plan;
  const room = takeRoom(cell, rows);
  /** Where a buffer begins, in floats; undefined if it is not used. */
  const at = (buffer: Buffer): number | undefined => {
    const address = room.buffers.get(buffer);
    return address === undefined ? undefined : address / 4;
  };

  // Views of the memory, made again when it has grown.
  const words = tableLength(plan);
  let floats = blocks.view(0, room.end / 4);
  let table = new Int32Array(floats.buffer, room.table, words);
  const reach = (end: number): void => {
    if (floats.length >= end / 4) return;
    floats = blocks.view(0, end / 4);
    table = new Int32Array(floats.buffer, room.table, words);
  };

  let batch = rows;
  let reverse: 0 | 1 = 0;
  let outputs: [Float32Array, Float32Array] | undefined;
  const put = (values: Float32Array, to: number, { width, stride }: Buffer): void => {
    if (width === stride || values.length === width) floats.set(values, to);
    else
      for (let from = 0, row = to; from < values.length; from += width, row += stride)
        for (let i = 0; i < width; i++) floats[row + i] = values[from + i] as number;
  };
  /** The row of a place of an output or a state: where the next frame reads it, or this one has written it. */
  const isState = output.buffer.kind === 'states';
  const outputAt = (after: 0 | 1): number =>
    (at(output.buffer) as number) + output.column + (isState ? after * batch * output.buffer.stride : 0);
  const isWhole = (): boolean => batch === 1 || output.buffer.stride === output.buffer.width;
  const outputOf = (after: 0 | 1): Float32Array => {
    const { width, stride } = output.buffer;
    if (!isWhole()) {
      const from = outputAt(after);
      const to = room.outputs / 4;
      for (let row = 0; row < batch; row++)
        floats.copyWithin(to + row * width, from + row * stride, from + row * stride + width);
    }
    if (outputs === undefined || outputs[0].length === 0) {
      const view = (side: 0 | 1): Float32Array => {
        const from = isWhole() ? outputAt(side) : room.outputs / 4;
        return floats.subarray(from, from + batch * width);
      };
      outputs = [view(0), view(1)];
    }
    return outputs[after];
  };

  const runOnce = runnerOf(cell, room, once);
  const runOfInput = runnerOf(cell, room, ofInput);
  const runRest = runnerOf(cell, room, rest);
  const frame = (): Float32Array => {
    runRest(batch);
    reverse = reverse === 0 ? 1 : 0;
    table[TABLE.reverse] = reverse;
    return outputOf(reverse);
  };

  // What is the same at all frames, for each row of the batch: computed once, and again where other rows are kept.
  let sourceOf = Array.from({ length: rows }, (_, row) => Math.floor((row * sources) / rows));
  const putConstants = (): void => {
    for (const [buffer, values] of constants()) {
      const to = at(buffer);
      if (to === undefined) continue;
      const { width, stride } = buffer;
      sourceOf.forEach((source, row) => {
        floats.set(values.subarray(source * width, (source + 1) * width), to + row * stride);
      });
    }
    runOnce(batch);
  };
  plan.states.forEach((buffer, i) => {
    put(state[i] as Float32Array, at(buffer) as number, buffer);
  });
  putConstants();

  /** A state, while its rows are chosen from. */
  let copy = new Float32Array(0);
  return {
    step(inputs) {
      reach(room.end);
      if (inputs.length !== batch * input.width) throw wrongInputs(inputs.length);
      const to = at(input);
      if (to !== undefined) put(inputs, to, input);
      runOfInput(batch);
      return frame();
    },
    stepRows(of, indices) {
      const { columns, size, end, cell: owner } = of as TabulatedInputs;
      if (owner !== cell) throw new OptionError(`${name}: table: expected one of this compiled cell.`);
      if (indices.length !== batch)
        throw new ShapeError(`${name}: rows: expected ${batch} indices, got ${indices.length}.`);
      reach(Math.max(room.end, end));
      for (let row = 0; row < batch; row++) {
        const index = indices[row] as number;
        if (!(Number.isInteger(index) && index >= 0 && index < size))
          throw new OptionError(`${name}: rows: expected indices from 0 to ${size - 1}, got ${index}.`);
        for (let i = 0; i < gathered.length; i++) {
          const buffer = gathered[i] as Buffer;
          const from = (columns.get(buffer) as number) / 4 + index * buffer.stride;
          floats.copyWithin((at(buffer) as number) + row * buffer.stride, from, from + buffer.width);
        }
      }
      return frame();
    },
    keep(chosen) {
      reach(room.end);
      const isThere = (row: number): boolean => Number.isInteger(row) && row >= 0 && row < batch;
      if (chosen.length > rows || !chosen.every(isThere))
        throw new OptionError(`${name}: keep: expected up to ${rows} rows from 0 to ${batch - 1}, got ${chosen}.`);
      for (const buffer of plan.states) {
        const { stride } = buffer;
        const to = at(buffer) as number;
        const from = to + reverse * batch * stride;
        if (copy.length < batch * stride) copy = new Float32Array(rows * stride);
        for (let i = 0; i < batch * stride; i++) copy[i] = floats[from + i] as number;
        chosen.forEach((row, i) => {
          for (let j = 0; j < stride; j++) floats[to + i * stride + j] = copy[row * stride + j] as number;
        });
      }
      const before = sourceOf;
      sourceOf = chosen.map((row) => before[row] as number);
      batch = chosen.length;
      reverse = 0;
      outputs = undefined;
      table[TABLE.batch] = batch;
      table[TABLE.reverse] = 0;
      if (sourceOf.some((source, row) => source !== before[row])) putConstants();
    },
    dispose: onceOnly(() => blocks.give(room.table)),
  };

  function wrongInputs(length: number): ShapeError {
    return new ShapeError(`${name}: inputs: expected ${batch} rows of ${input.width} numbers, got ${length} numbers.`);
  }
}
