import type { Rng } from '@elman/core';
import type { Draws, Node } from '../graph.ts';
import type { Buffer, Place, Plan, Section, Weights } from '../plan/plan.ts';
import type { Executable, Given, GradientResults, Gradients, Held, Lookup, Results, Writing } from '../run/given.ts';
import { byLifetime, inARow, type Layout, type Lifetime, lifetimesOf } from '../run/layout.ts';
import { drawNoise } from '../run/noise.ts';
import { parametersOf, readParameters } from '../run/parameters.ts';
import { instructionsOf } from './instructions.ts';
import { firstRowOf, type Laid, type Memory, memoryOf, rowsOf } from './memory.ts';
import { type Panels, pack } from './product.ts';
import { withRoom } from './room.ts';
import { type Program, rowsAtOnce, runSection } from './run-section.ts';
import { sumOverRows } from './sums.ts';
import { swapAxes } from './swap-axes.ts';
import { temporariesOf } from './temporaries.ts';

/** What is held from forward to backward, in an array. */
type HeldArray = Held & Laid;

/** The sections of a direction, and what they use. */
type Direction = {
  readonly programs: readonly Program[];
  readonly lives: ReadonlyMap<Buffer, Lifetime>;
  readonly used: ReadonlySet<Node>;
};

/** A call that has begun: its memory, and room for temporary arrays. */
type Call = { readonly memory: Memory; readonly temporaries: Float32Array };

/** Layouts of some sizes that are remembered. */
const REMEMBERED = 16;

/**
 * A plan in plain JavaScript, without generated code: for each step, loops of one op each over all rows of a frame, or of a block of
 * rows. Functions and the sums of products are computed in double precision; every result is rounded to float32.
 *
 * @throws {NotCompilable} for steps that it does not know.
 */
export function makeJavascriptExecutable(plan: Plan, drawsOf: (draws: Draws, rng: Rng) => Rng): Executable {
  const hasGradient = plan.backward.length > 0;
  const forward = directionOf(plan, plan.forward, lifetimesOf(plan, false, hasGradient ? plan.held : new Set()));
  const backward = directionOf(plan, plan.backward, lifetimesOf(plan, true, plan.held));

  const layouts = new Map<string, Layout>();
  const layoutOf = (name: string, given: Given, make: (size: (of: Buffer) => number) => Layout): Layout => {
    const key = `${name} ${given.time} ${given.batch}`;
    const known = layouts.get(key);
    if (known !== undefined) return known;
    if (layouts.size >= REMEMBERED) layouts.clear();
    const made = make((buffer) => rowsOf(buffer, given) * buffer.width);
    layouts.set(key, made);
    return made;
  };
  const open = <T>(direction: Direction, given: Given, held: Laid | undefined, f: (call: Call) => T): T => {
    const name = direction === forward ? 'forward' : 'backward';
    const layout = layoutOf(name, given, (size) => byLifetime(direction.lives, size));
    const sizes = direction.programs.map((program) => rowsAtOnce(program.section, given) * program.temporaries.size);
    return withRoom(layout.bytes + Math.max(0, ...sizes), (values) => {
      const memory = memoryOf(plan, given, [{ values, layout }, ...(held === undefined ? [] : [held])]);
      return f({ memory, temporaries: values.subarray(layout.bytes) });
    });
  };
  const run = ({ programs, used }: Direction, { memory, temporaries }: Call, given: Given): void => {
    putGiven(memory, given);
    const panels = readPanels(memory, used, given);
    for (const program of programs) runSection(program, memory, temporaries, panels);
  };

  return {
    plan,
    forward<T>(given: Given, take: (results: Results) => T) {
      const { time, batch, reverse, rng } = given;
      const held = hasGradient ? hold(layoutOf('held', given, (size) => inARow(plan.held, size))) : undefined;
      return open(forward, given, held, (call) => {
        const { memory } = call;
        for (const [i, buffer] of plan.states.entries()) {
          memory.view(buffer, reverse ? time * batch : 0, batch).set(given.state[i] as Float32Array);
        }
        if (rng !== undefined) {
          const rowsAt = (buffer: Buffer, t: number): Float32Array | undefined =>
            memory.has(buffer) ? memory.view(buffer, t * batch, batch) : undefined;
          drawNoise(plan, { time, batch, rng }, drawsOf, rowsAt);
        }
        run(forward, call, given);
        const state = plan.states.map((buffer) => writes(memory.view(buffer, reverse ? 0 : time * batch, batch)));
        return { taken: take({ outputs: takeSequence(memory, plan.output), state }), held };
      });
    },
    backward<T>(given: Given, gradients: Gradients, held: Held, take: (results: GradientResults) => T) {
      const { batch, input } = given;
      return open(backward, given, held as HeldArray, (call) => {
        const { memory } = call;
        putSequence(memory, gradients.outputs, plan.dOutput as Buffer);
        for (const [i, buffer] of plan.carries.entries()) {
          if (!memory.has(buffer)) continue;
          const values = gradients.state[i];
          if (values === undefined) memory.view(buffer, 0, batch).fill(0);
          else memory.view(buffer, 0, batch).set(values);
        }
        run(backward, call, given);
        const { carries, dContext, dInput } = plan;
        const dX = dInput && (isTable(input) ? scatterRows(memory, dInput, input) : takeSequence(memory, dInput));
        return take({
          input: dX,
          state: carries.map((buffer) =>
            memory.has(buffer) ? writes(memory.view(buffer, 3 * batch, batch)) : undefined,
          ),
          context: dContext.map((buffer) => buffer && writes(memory.view(buffer, 0, batch))),
          sums: new Map([...sumOverRows(memory)].map(([of, values]) => [of, writes(values)])),
        });
      });
    },
    dispose() {},
  };
}

function directionOf(plan: Plan, sections: readonly Section[], lives: Direction['lives']): Direction {
  const programs = sections.map((section): Program => {
    const instructions = instructionsOf(plan, section);
    return { section, instructions, temporaries: temporariesOf(instructions) };
  });
  return { programs, lives, used: parametersOf(plan, sections) };
}

const writes =
  (values: Float32Array): Writing =>
  (target) =>
    target.set(values);

/** Left to the garbage collector. */
function hold(layout: Layout): HeldArray {
  return { values: new Float32Array(layout.bytes), layout, release() {} };
}

const isTable = (input: Given['input']): input is Lookup => !(input instanceof Float32Array);

/** Writes the mask, the context, and the inputs of a call. */
function putGiven(memory: Memory, { time, batch, mask, context, input }: Given): void {
  const { plan } = memory;
  if (plan.mask !== undefined && mask !== undefined) putSequence(memory, mask, plan.mask);
  for (const [i, of] of plan.graph.context.entries()) {
    const buffer = plan.given.get(of);
    if (buffer !== undefined && memory.has(buffer)) memory.view(buffer, 0, batch).set(context[i] as Float32Array);
  }
  if (!isTable(input)) putSequence(memory, input, plan.input);
  else if (memory.has(plan.input)) gatherRows(input, memory.view(plan.input, 0, time * batch), plan.input.width);
}

/** Writes the rows that all rows share, and packs matrices. */
function readPanels(memory: Memory, used: ReadonlySet<Node>, given: Given): (weights: Weights) => Panels {
  const panels = new Map<Weights, Panels>();
  readParameters(memory.plan, used, given, {
    row(buffer, values) {
      if (memory.has(buffer)) memory.view(buffer, 0, 1).set(values);
    },
    matrix(weights, values) {
      const { depth, columns, transposed } = weights;
      const strides = transposed ? { rowStride: 1, columnStride: depth } : { rowStride: columns, columnStride: 1 };
      panels.set(weights, pack(depth, columns, { values, ...strides }));
    },
  });
  return (weights) => panels.get(weights) as Panels;
}

/** [batch, time, width] to frames, if the call has the buffer. */
function putSequence(memory: Memory, values: Float32Array, buffer: Buffer): void {
  const { time, batch } = memory;
  if (memory.has(buffer)) swapAxes(values, memory.view(buffer, 0, time * batch), [batch, time, buffer.width]);
}

/** Frames to [batch, time, width]. */
function takeSequence(memory: Memory, place: Place): Writing {
  const { time, batch } = memory;
  const { buffer } = place;
  const values = new Float32Array(time * batch * buffer.width);
  swapAxes(memory.view(buffer, firstRowOf(memory, place), time * batch), values, [time, batch, buffer.width]);
  return writes(values);
}

/** Rows of a table, by their ids. */
function gatherRows({ table, ids }: Lookup, to: Float32Array, width: number): void {
  for (const [i, id] of ids.entries()) to.set(table.subarray(id * width, (id + 1) * width), i * width);
}

/** Rows of all frames, added up for each row of the table. */
function scatterRows(memory: Memory, { buffer }: Place, { rows, ids }: Lookup): Writing {
  const { width } = buffer;
  const values = memory.view(buffer, 0, ids.length);
  const sums = new Float32Array(rows * width);
  for (const [i, id] of ids.entries()) {
    for (let k = 0; k < width; k++) {
      const at = id * width + k;
      sums[at] = (sums[at] as number) + (values[i * width + k] as number);
    }
  }
  return writes(sums);
}
