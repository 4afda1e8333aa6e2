import { OptionError, ShapeError } from '@elman/core';
import { quicker } from '../../simd/quicker.ts';
import { call, functionOf } from '../../simd/team.ts';
import { BLOCK, type Buffer } from '../plan/plan.ts';
import { byLifetime, bytesOf, inARow, lifetimesOf } from '../run/layout.ts';
import { wholeLines } from '../run/rows.ts';
import { writeTable } from '../run/table.ts';
import { operationsOf } from '../run/work.ts';
import { tableLength } from '../wasm/module.ts';
import { TABLE } from '../wasm/rows-code.ts';
import type { NamedSection } from './frame-plan.ts';
import type { InputTable, TabulatedInputs } from './input-table.ts';
import { onceOnly, type PackedCell } from './packed-cell.ts';

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

/** From how many operations a frame may be divided among threads: a few microseconds' worth is not. */
const WORTH_THREADS = 200_000;

/** Starts a batch of rows. The two frames of a state, before and after, take turns. */
export function startStepper(cell: PackedCell, { batch: rows, state, constants, sources }: Beginning): Stepper {
  const { name, workspace, program, frames, shared, weights } = cell;
  const { blocks, team } = workspace;
  const { plan, once, ofInput, rest, gathered, lasting } = frames;
  const sizes = { time: 1, batch: rows, parts: team.size };
  const bytes = (buffer: Buffer): number => bytesOf(buffer, sizes, false);
  const kept = inARow(lasting, bytes);
  const passing = byLifetime(lifetimesOf(plan, false, new Set([...lasting, ...shared.keys()])), bytes);
  const { output, input } = plan;

  const words = tableLength(plan);
  const tableBytes = wholeLines(4 * words);
  const outputBytes = 4 * rows * output.buffer.width;
  const start = blocks.take(tableBytes + kept.bytes + passing.bytes + outputBytes);
  const outputsAt = start + tableBytes + kept.bytes + passing.bytes;
  const end = outputsAt + outputBytes;
  blocks.view(start, (end - start) / 4).fill(0);
  const buffers = new Map(shared);
  for (const [buffer, offset] of kept.offsets) buffers.set(buffer, start + tableBytes + offset);
  for (const [buffer, offset] of passing.offsets) buffers.set(buffer, start + tableBytes + kept.bytes + offset);
  writeTable(blocks, plan, start, { time: 1, batch: rows, reverse: false, buffers, weights });
  /** Where a buffer begins, in floats; undefined if it is not used. */
  const at = (buffer: Buffer): number | undefined => {
    const address = buffers.get(buffer);
    return address === undefined ? undefined : address / 4;
  };

  // Views of the memory, made again when it has grown.
  let floats = blocks.view(0, end / 4);
  let table = new Int32Array(floats.buffer, start, words);
  const reach = (to: number): void => {
    if (floats.length >= to) return;
    floats = blocks.view(0, Math.max(to, end / 4));
    table = new Int32Array(floats.buffer, start, words);
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
      const to = outputsAt / 4;
      for (let row = 0; row < batch; row++)
        floats.copyWithin(to + row * width, from + row * stride, from + row * stride + width);
    }
    if (outputs === undefined || outputs[0].length === 0) {
      const view = (side: 0 | 1): Float32Array => {
        const from = isWhole() ? outputAt(side) : outputsAt / 4;
        return floats.subarray(from, from + batch * width);
      };
      outputs = [view(0), view(1)];
    }
    return outputs[after];
  };

  const run = (sections: readonly NamedSection[]): (() => void) => {
    const args = [start];
    const ready = sections.map((of) => ({ ...of, run: functionOf(program, of.name), work: operationsOf(of.section) }));
    const countOf = (isAll: boolean): number => (isAll ? Math.ceil(batch / BLOCK) : batch);
    const alone = (): void => {
      for (const { name, section, run } of ready) call(run, name, 0, 0, countOf(section.kind === 'all'), args);
    };
    const together = (): void => {
      for (const { name, section, work } of ready)
        team.runProgram(program, name, countOf(section.kind === 'all'), 1, work * batch, start);
    };
    const isDivisible = (): boolean => team.threads > 1 && team.size <= sizes.parts;
    const work = ready.reduce((sum, { work }) => sum + work, 0);
    const either = quicker(alone, together, isDivisible);
    return () => (batch > 1 && work * batch >= WORTH_THREADS && team.size <= sizes.parts ? either() : alone());
  };
  const runOnce = run(once);
  const runOfInput = run(ofInput);
  const runRest = run(rest);
  const frame = (): Float32Array => {
    runRest();
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
    runOnce();
  };
  plan.states.forEach((buffer, i) => {
    put(state[i] as Float32Array, at(buffer) as number, buffer);
  });
  putConstants();

  /** The rows of a state that are kept, in their order. */
  let copy = new Float32Array(0);
  return {
    step(inputs) {
      reach(end / 4);
      if (inputs.length !== batch * input.width) throw wrongInputs(inputs.length);
      const to = at(input);
      if (to !== undefined) put(inputs, to, input);
      runOfInput();
      return frame();
    },
    stepRows(of, indices) {
      const { columns, size, end: last, cell: owner } = of as TabulatedInputs;
      if (owner !== cell) throw new OptionError(`${name}: table: expected one of this compiled cell.`);
      if (indices.length !== batch)
        throw new ShapeError(`${name}: rows: expected ${batch} indices, got ${indices.length}.`);
      reach(Math.max(end, last) / 4);
      for (let row = 0; row < batch; row++) {
        const index = indices[row] as number;
        if (!(index >= 0 && index < size))
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
      reach(end / 4);
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
    dispose: onceOnly(() => blocks.give(start)),
  };

  function wrongInputs(length: number): ShapeError {
    return new ShapeError(`${name}: inputs: expected ${batch} rows of ${input.width} numbers, got ${length} numbers.`);
  }
}
