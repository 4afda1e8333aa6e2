import type { Rng } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Program } from '../../simd/program.ts';
import type { Workspace } from '../../simd/workspace.ts';
import type { Draws, Node } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { BLOCK, type Buffer, type Place, type Plan, type Section } from '../plan/plan.ts';
import { moduleOf, tableLength } from '../wasm/module.ts';
import { byLifetime, bytesOf, inARow, type Layout, type Lifetime, lifetimesOf, type Sizes } from './layout.ts';
import { drawNoise } from './noise.ts';
import { largestMatrix, parametersOf, weightBytes, writeParameters } from './parameters.ts';
import { padded, putRows, takeRows, wholeLines } from './rows.ts';
import { writeTable } from './table.ts';

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
  readonly workspace: Workspace;
  readonly program: Program;
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
export function makeExecutable(plan: Plan, workspace: Workspace, drawsOf: (draws: Draws, rng: Rng) => Rng): Executable {
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
    const weightsAt: number[] = [];
    let end = wholeLines(4 * tableLength(plan));
    for (const bytes of weightBytes(plan, layouts.used)) {
      weightsAt.push(end);
      end = wholeLines(end + bytes);
    }
    const transientAt = end;
    end = wholeLines(end + layouts.transient.bytes);
    const stagingAt = end;
    end = wholeLines(end + 4 * staging);
    const scratchAt = end;
    end = wholeLines(end + 4 * scratch);
    const address = blocks.take(end);
    try {
      const at = addresses([
        { address: address + transientAt, layout: layouts.transient },
        ...(layouts.held ? [layouts.held] : []),
      ]);
      const weights = weightsAt.map((place) => address + place);
      writeTable(blocks, plan, address, { ...given, buffers: at, weights });
      return f({
        table: address,
        staging: address + stagingAt,
        scratch: address + scratchAt,
        weightsAt: weights,
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
  const { graph } = plan;
  /** What both directions are given. */
  const prepare = (call: Call, given: Given, isBackward: boolean, used: ReadonlySet<Node>): void => {
    const { time, batch, rng } = given;
    putSequence(call, given.input, plan.input, given);
    if (plan.mask && given.mask) putSequence(call, given.mask, plan.mask, given);
    graph.context.forEach((of, i) => {
      const buffer = plan.given.get(of) as Buffer;
      const to = call.at(buffer);
      if (to !== undefined) putRows(blocks, given.context[i] as Float32Array, to, buffer);
    });
    if (!isBackward && rng !== undefined) {
      drawNoise(plan, { time, batch, rng }, drawsOf, (buffer, t) => {
        const to = call.at(buffer);
        return to === undefined ? undefined : blocks.view(to + 4 * t * batch * buffer.stride, batch * buffer.stride);
      });
    }
    writeParameters(plan, workspace, used, given, {
      shared: call.at,
      weights: call.weightsAt,
      staging: call.staging,
    });
  };

  const used = { forward: parametersOf(plan, plan.forward), backward: parametersOf(plan, plan.backward) };
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
    Math.max(time * batch * Math.max(widthOf(graph.input), widthOf(graph.output), 1), largestMatrix(plan));

  return {
    plan,
    workspace,
    program,
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
              putRows(
                blocks,
                given.state[i] as Float32Array,
                to + (reverse ? 4 * time * batch * buffer.stride : 0),
                buffer,
              );
            });
            prepare(call, given, false, used.forward);
            run(call, plan.forward, 'forward', given);
            const state = plan.states.map((buffer) => {
              const after = (call.at(buffer) as number) + (reverse ? 0 : 4 * time * batch * buffer.stride);
              return takeRows(blocks, after, batch, buffer);
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
      const sums = plan.gradients.map(({ rows, columns }) => rows * padded(columns));
      const totals = plan.sums.map(({ totals: { stride } }) => stride);
      const room = 256 * Math.max(0, ...plan.gradients.map(({ rows, columns }) => rows + padded(columns))) * team.size;
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
            else putRows(blocks, from, to, buffer);
          });
          prepare(call, given, true, used.backward);
          run(call, plan.backward, 'backward', given);
          let end = call.scratch + 4 * room;
          const found = new Map<Node, Float32Array>();
          const ready: (() => void)[] = [];
          plan.gradients.forEach(({ node, a, b, rows, columns }) => {
            const to = end;
            const stride = padded(columns);
            end = wholeLines(end + 4 * rows * stride);
            const [p, q] = [a, b].map((place) => addressOf(call, place, batch, reverse)) as [number, number];
            const work = 2 * time * batch * rows * columns;
            const steps = [4 * a.buffer.stride, 4 * b.buffer.stride] as const;
            team.run(
              'kernelGradient',
              stride,
              8,
              work,
              p,
              steps[0],
              q,
              steps[1],
              to,
              4 * stride,
              rows,
              time * batch,
              stride,
              call.scratch,
            );
            ready.push(() => found.set(node, takeRows(blocks, to, rows, { width: columns, stride })));
          });
          for (const { node, totals: buffer, perBlock: isPerBlock } of plan.sums) {
            const to = end;
            end = wholeLines(end + 4 * buffer.stride);
            const rows = isPerBlock ? Math.ceil((time * batch) / BLOCK) : batch;
            const from = call.at(buffer) as number;
            team.run('columnSums', buffer.width, 8, rows * buffer.width, rows, 4 * buffer.stride, from, to);
            ready.push(() => found.set(node, blocks.view(to, buffer.width)));
          }
          for (const each of ready) each();
          const state = plan.carries.map((buffer) => {
            const from = call.at(buffer);
            return from === undefined ? undefined : takeRows(blocks, from + 12 * batch * buffer.stride, batch, buffer);
          });
          const context = plan.dContext.map(
            (buffer) => buffer && takeRows(blocks, call.at(buffer) as number, batch, buffer),
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
