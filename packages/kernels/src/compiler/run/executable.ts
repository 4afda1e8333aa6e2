import type { Rng } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidy } from '@tensorflow/tfjs-core';
import type { Program } from '../../simd/program.ts';
import type { Workspace } from '../../simd/workspace.ts';
import type { Draws, Node } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { BLOCK, type Buffer, type Place, type Plan, type Section } from '../plan/plan.ts';
import { moduleOf, tableLength, weightsWord } from '../wasm/module.ts';
import { TABLE } from '../wasm/rows-code.ts';
import { byLifetime, bytesOf, inARow, type Layout, type Lifetime, lifetimesOf, type Sizes } from './layout.ts';
import { drawNoise } from './noise.ts';
import { replay } from './replay.ts';

/** What a call is given: values of tensors by node. */
export type Given = {
  readonly time: number;
  readonly batch: number;
  readonly reverse: boolean;
  /** [batch, time, inputSize] */
  readonly input: Float32Array;
  readonly state: readonly Float32Array[];
  /** [batch, time] */
  readonly mask: Float32Array | undefined;
  readonly context: readonly Float32Array[];
  /** Parameters and captured tensors, by node. */
  readonly tensors: ReadonlyMap<Node, Tensor>;
  readonly rng: Rng | undefined;
  /** A view of a tensor's numbers, valid until the next tensor is made. */
  read(tensor: Tensor): Float32Array;
};

export type Gradients = {
  /** [batch, time, outputSize] */
  readonly outputs: Float32Array;
  readonly state: readonly (Float32Array | undefined)[];
};

/** Memory that is held from forward to backward. */
export type Held = { readonly address: number; readonly layout: Layout; release(): void };

/** What results are read from: views that are valid until the next call. */
export type Results = {
  /** [batch, time, outputSize] */
  readonly outputs: Float32Array;
  readonly state: readonly Float32Array[];
};

export type Executable = {
  readonly plan: Plan;
  forward<T>(given: Given, take: (results: Results) => T): { readonly taken: T; readonly held: Held | undefined };
  backward<T>(given: Given, gradients: Gradients, held: Held, take: (results: GradientResults) => T): T;
  dispose(): void;
};

export type GradientResults = {
  /** [batch, time, inputSize]; undefined: zeros. */
  readonly input: Float32Array | undefined;
  readonly state: readonly (Float32Array | undefined)[];
  readonly context: readonly (Float32Array | undefined)[];
  /** [rows, columns] or [columns], by the nodes of the graph that sum over rows. */
  readonly sums: ReadonlyMap<Node, Float32Array>;
};

/** A plan in the memory of a workspace. */
export function makeExecutable(
  plan: Plan,
  workspace: Workspace,
  drawsOf: (draws: Draws, rng: Rng) => Rng,
): Executable {
  const { blocks, team, hasFma, isShared } = workspace;
  const program: Program = workspace.load(moduleOf(plan, { hasFma, isShared }));
  const perBlock = new Set(
    [...plan.forward, ...plan.backward].filter(({ kind }) => kind === 'all').flatMap(({ totals }) => totals),
  );
  const sizesOf = ({ time, batch }: Given): Sizes => ({ time, batch, parts: team.size });
  const sizeIn =
    (sizes: Sizes) =>
    (buffer: Buffer): number =>
      bytesOf(buffer, sizes, perBlock.has(buffer));
  const none: ReadonlySet<Buffer> = new Set();
  const layouts = new Map<string, Layout>();
  /** A layout for some sizes: the last few are remembered. */
  const layoutOf = (lifetimes: ReadonlyMap<Buffer, Lifetime>, sizes: Sizes): Layout => {
    const key = `${lifetimes === lives.backward} ${sizes.time} ${sizes.batch} ${sizes.parts}`;
    const known = layouts.get(key);
    if (known !== undefined) return known;
    if (layouts.size >= 16) layouts.clear();
    const made = byLifetime(lifetimes, sizeIn(sizes));
    layouts.set(key, made);
    return made;
  };
  const lives = { forward: lifetimesOf(plan, false, plan.held), backward: lifetimesOf(plan, true, plan.held) };
  const forwardLives = plan.backward.length === 0 ? lifetimesOf(plan, false, none) : lives.forward;

  /** Addresses of the buffers of one call. */
  const addresses = (layouts: readonly { readonly address: number; readonly layout: Layout }[]) => {
    const found = new Map<Buffer, number>();
    for (const { address, layout } of layouts)
      for (const [buffer, offset] of layout.offsets) found.set(buffer, address + offset);
    return found;
  };

  const withMemory = <T>(
    given: Given,
    layouts: { readonly transient: Layout; readonly held: Held | undefined; readonly used: ReadonlySet<Node> },
    staging: number,
    scratch: number,
    f: (call: Call) => T,
  ): T => {
    const words = tableLength(plan);
    const packed = plan.weights.map(({ node, depth, columns }) => (layouts.used.has(node) ? 4 * depth * pad(columns) : 0));
    const table = 0;
    const weightsAt: number[] = [];
    let end = line(4 * words);
    for (const bytes of packed) {
      weightsAt.push(end);
      end = line(end + bytes);
    }
    const transientAt = end;
    end = line(end + layouts.transient.bytes);
    const stagingAt = end;
    end = line(end + 4 * staging);
    const scratchAt = end;
    end = line(end + 4 * scratch);
    const address = blocks.take(end);
    try {
      const at = addresses([
        { address: address + transientAt, layout: layouts.transient },
        ...(layouts.held ? [layouts.held] : []),
      ]);
      const view = blocks.view(address + table, words);
      const ints = new Int32Array(view.buffer, view.byteOffset, words);
      ints.fill(0);
      ints[TABLE.time] = given.time;
      ints[TABLE.batch] = given.batch;
      ints[TABLE.reverse] = given.reverse ? 1 : 0;
      for (const [buffer, place] of at) ints[TABLE.buffers + buffer.id] = place;
      weightsAt.forEach((place, i) => {
        ints[weightsWord(plan, i)] = address + place;
      });
      return f({
        table: address + table,
        staging: address + stagingAt,
        scratch: address + scratchAt,
        weightsAt: weightsAt.map((place) => address + place),
        at: (buffer) => at.get(buffer),
      });
    } finally {
      blocks.give(address);
    }
  };

  type Call = {
    readonly table: number;
    readonly staging: number;
    readonly scratch: number;
    readonly weightsAt: readonly number[];
    at(buffer: Buffer): number | undefined;
  };

  /** [batch, time, width] to frames. */
  const putSequence = (call: Call, values: Float32Array, buffer: Buffer, { time, batch }: Given): void => {
    const to = call.at(buffer);
    if (to === undefined) return;
    const { width, stride } = buffer;
    blocks.view(call.staging, values.length).set(values);
    team.run('swapAxes', time, 1, values.length, call.staging, 4 * width, to, 4 * stride, batch, time, width);
  };
  const takeSequence = (call: Call, { buffer, side }: Place, { time, batch, reverse }: Given): Float32Array => {
    const { width, stride } = buffer;
    const shift = side === 'after' && !reverse ? batch : 0;
    const from = (call.at(buffer) as number) + 4 * stride * shift;
    team.run('swapAxes', batch, 1, time * batch * width, from, 4 * stride, call.staging, 4 * width, time, batch, width);
    return blocks.view(call.staging, time * batch * width);
  };
  /** Rows without padding to where they are padded, and back. */
  const putRows = (values: Float32Array, to: number, { width, stride }: Buffer): void => {
    const rows = values.length / width;
    const target = blocks.view(to, rows * stride);
    if (width === stride) target.set(values);
    else for (let row = 0; row < rows; row++) target.set(values.subarray(row * width, (row + 1) * width), row * stride);
  };
  const takeRows = (from: number, rows: number, width: number, stride: number): Float32Array => {
    const source = blocks.view(from, rows * stride);
    if (width === stride) return source;
    const values = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) values.set(source.subarray(row * stride, row * stride + width), row * width);
    return values;
  };

  const { graph } = plan;
  /** What both directions are given. */
  const prepare = (call: Call, given: Given, isBackward: boolean, used: ReadonlySet<Node>): void => {
    const { time, batch, rng } = given;
    putSequence(call, given.input, plan.input, given);
    if (plan.mask && given.mask) putSequence(call, given.mask, plan.mask, given);
    graph.context.forEach((of, i) => {
      const buffer = plan.given.get(of) as Buffer;
      const to = call.at(buffer);
      if (to !== undefined) putRows(given.context[i] as Float32Array, to, buffer);
    });
    if (!isBackward && rng !== undefined) {
      drawNoise(plan, { time, batch, rng }, drawsOf, (buffer, t) => {
        const to = call.at(buffer);
        return to === undefined ? undefined : blocks.view(to + 4 * t * batch * buffer.stride, batch * buffer.stride);
      });
    }
    tidy(() => {
      const wanted = [...used];
      const values = replay(wanted, given.tensors);
      const byNode = new Map(wanted.map((of, i) => [of, values[i] as Tensor]));
      for (const [of, buffer] of plan.shared) {
        const to = call.at(buffer);
        if (to !== undefined && byNode.has(of)) putRows(given.read(byNode.get(of) as Tensor), to, buffer);
      }
      plan.weights.forEach((weights, i) => {
        const source = byNode.get(weights.node);
        if (source === undefined) return;
        const [rows, columns] = weights.node.shape as [number, number];
        blocks.view(call.staging, rows * columns).set(given.read(source));
        const name = weights.transposed ? 'packTransposedKernel' : 'packKernel';
        const operations = 4 * rows * columns;
        team.run(
          name,
          pad(weights.columns),
          8,
          operations,
          call.staging,
          4 * columns,
          call.weightsAt[i] as number,
          rows,
          columns,
        );
      });
    });
  };
  const usedBy = (sections: readonly Section[]): Set<Node> => {
    const used = new Set<Node>();
    for (const { places, steps } of sections) {
      for (const of of places.keys()) if (plan.shared.has(of)) used.add(of);
      for (const step of steps) if (step.kind === 'product') used.add(step.weights.node);
    }
    return used;
  };
  const used = { forward: usedBy(plan.forward), backward: usedBy(plan.backward) };
  const workOf = (section: Section, { time, batch }: Given): number => {
    const perRow = section.steps.reduce(
      (sum, step) => sum + (step.kind === 'product' ? 2 * step.weights.depth * step.weights.columns : 200),
      0,
    );
    return perRow * (section.kind === 'once' ? 1 : time) * batch;
  };
  const run = (call: Call, sections: readonly Section[], name: string, given: Given): void => {
    const { time, batch } = given;
    sections.forEach((section, i) => {
      const count = section.kind === 'all' ? Math.ceil((time * batch) / BLOCK) : batch;
      const unit = section.kind === 'all' ? 1 : batch > 4 ? 2 : 1;
      team.runProgram(program, `${name}${i}`, count, unit, workOf(section, given), call.table);
    });
  };
  const stagingOf = ({ time, batch }: Given): number =>
    Math.max(
      time * batch * Math.max(widthOf(graph.input), widthOf(graph.output), 1),
      ...plan.weights.map(({ depth, columns }) => depth * columns),
    );

  return {
    plan,
    forward(given, take) {
      const { time, batch, reverse } = given;
      const sizes = sizesOf(given);
      const held = plan.backward.length === 0 ? undefined : hold(inARow(plan.held, sizeIn(sizes)));
      try {
        const taken = withMemory(
          given,
          { transient: layoutOf(forwardLives, sizes), held, used: used.forward },
          stagingOf(given),
          0,
          (call) => {
            plan.states.forEach((buffer, i) => {
              const to = call.at(buffer) as number;
              putRows(given.state[i] as Float32Array, to + (reverse ? 4 * time * batch * buffer.stride : 0), buffer);
            });
            prepare(call, given, false, used.forward);
            run(call, plan.forward, 'forward', given);
            const state = plan.states.map((buffer) => {
              const after = (call.at(buffer) as number) + (reverse ? 0 : 4 * time * batch * buffer.stride);
              return takeRows(after, batch, buffer.width, buffer.stride);
            });
            return take({ outputs: takeSequence(call, plan.output, given), state });
          },
        );
        return { taken, held };
      } catch (error) {
        held?.release();
        throw error;
      }
    },
    backward(given, gradients, held, take) {
      const { time, batch, reverse } = given;
      const sums = plan.gradients.map(({ rows, columns }) => rows * pad(columns));
      const totals = plan.sums.map(({ totals: { stride } }) => stride);
      const room = 256 * Math.max(0, ...plan.gradients.map(({ rows, columns }) => rows + pad(columns))) * team.size;
      const results = sums.reduce((a, b) => a + b + 16, 0) + totals.reduce((a, b) => a + b + 16, 0);
      return withMemory(
        given,
        { transient: layoutOf(lives.backward, sizesOf(given)), held, used: used.backward },
        stagingOf(given),
        room + results,
        (call) => {
          putSequence(call, gradients.outputs, plan.dOutput as Buffer, given);
          plan.carries.forEach((buffer, i) => {
            const to = call.at(buffer);
            if (to === undefined) return;
            const from = gradients.state[i];
            if (from === undefined) blocks.view(to, batch * buffer.stride).fill(0);
            else putRows(from, to, buffer);
          });
          prepare(call, given, true, used.backward);
          run(call, plan.backward, 'backward', given);
          let end = call.scratch + 4 * room;
          const found = new Map<Node, Float32Array>();
          const ready: (() => void)[] = [];
          plan.gradients.forEach(({ node, a, b, rows, columns }) => {
            const to = end;
            const padded = pad(columns);
            end = line(end + 4 * rows * padded);
            const [p, q] = [a, b].map((place) => addressOf(call, place, batch, reverse)) as [number, number];
            const work = 2 * time * batch * rows * columns;
            const steps = [4 * a.buffer.stride, 4 * b.buffer.stride] as const;
            team.run(
              'kernelGradient',
              padded,
              8,
              work,
              p,
              steps[0],
              q,
              steps[1],
              to,
              4 * padded,
              rows,
              time * batch,
              padded,
              call.scratch,
            );
            ready.push(() => found.set(node, takeRows(to, rows, columns, padded)));
          });
          for (const { node, totals: buffer, perBlock: isPerBlock } of plan.sums) {
            const to = end;
            end = line(end + 4 * buffer.stride);
            const rows = isPerBlock ? Math.ceil((time * batch) / BLOCK) : batch;
            const from = call.at(buffer) as number;
            team.run('columnSums', buffer.width, 8, rows * buffer.width, rows, 4 * buffer.stride, from, to);
            ready.push(() => found.set(node, blocks.view(to, buffer.width)));
          }
          for (const each of ready) each();
          const state = plan.carries.map((buffer) => {
            const from = call.at(buffer);
            return from === undefined
              ? undefined
              : takeRows(from + 12 * batch * buffer.stride, batch, buffer.width, buffer.stride);
          });
          const context = plan.dContext.map(
            (buffer) => buffer && takeRows(call.at(buffer) as number, batch, buffer.width, buffer.stride),
          );
          const input = plan.dInput && takeSequence(call, plan.dInput, given);
          return take({ input, state, context, sums: found });
        },
      );
    },
    dispose: () => program.dispose(),
  };

  function hold(layout: Layout): Held {
    const address = blocks.take(layout.bytes);
    let isHeld = true;
    return {
      address,
      layout,
      release() {
        if (isHeld) blocks.give(address);
        isHeld = false;
      },
    };
  }

  function addressOf(call: Call, { buffer, column, side }: Place, batch: number, reverse: boolean): number {
    const shift = buffer.kind === 'states' && (side === 'after') !== reverse ? batch : 0;
    return (call.at(buffer) as number) + 4 * (buffer.stride * shift + column);
  }
}

const pad = (columns: number): number => Math.ceil(columns / 8) * 8;
const line = (bytes: number): number => Math.ceil(bytes / 64) * 64;
