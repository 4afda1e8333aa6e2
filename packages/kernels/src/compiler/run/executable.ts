import type { Rng } from '@elman/core';
import type { PlanWorkspace } from '../../simd/plan-workspace.ts';
import type { Program } from '../../simd/program.ts';
import type { Draws } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { BLOCK, type Buffer, type Plan, type Section } from '../plan/plan.ts';
import { moduleOf } from '../wasm/module.ts';
import { type Call, type HeldBlock, putSequence, takeSequence, withCall } from './call.ts';
import type { Executable, Given, Lookup } from './given.ts';
import { byLifetime, bytesOf, inARow, type Layout, type Lifetime, lifetimesOf } from './layout.ts';
import { lookUp, lookupPlanOf, lookupRoom, type RunOver, scatter, scatterRoom } from './lookup.ts';
import { drawNoise } from './noise.ts';
import { largestMatrix, parametersOf, weightBytes, writeParameters } from './parameters.ts';
import { putRows, takeRows } from './rows.ts';
import { sumOverRows, sumsRoom } from './sums.ts';
import { operationsOf } from './work.ts';

/** A plan in the memory of a workspace. */
export type WorkspaceExecutable = Executable & { readonly workspace: PlanWorkspace; readonly program: Program };

export const isOnWorkspace = (executable: Executable): executable is WorkspaceExecutable => 'workspace' in executable;

/** Layouts of some sizes that are remembered. */
const REMEMBERED = 16;

export function makeExecutable(
  plan: Plan,
  workspace: PlanWorkspace,
  drawsOf: (draws: Draws, rng: Rng) => Rng,
): WorkspaceExecutable {
  const { blocks, team, hasFma, isShared } = workspace;
  const { graph, forward, backward } = plan;
  const program = workspace.load(moduleOf(plan, { hasFma, isShared }));
  const lookup = lookupPlanOf(plan);
  const perBlock = new Set([...forward, ...backward].flatMap(({ kind, totals }) => (kind === 'all' ? totals : [])));
  const hasGradient = backward.length > 0;
  const directions = {
    forward: { sections: forward, lives: lifetimesOf(plan, false, hasGradient ? plan.held : new Set()) },
    backward: { sections: backward, lives: lifetimesOf(plan, true, plan.held) },
  };
  const used = { forward: parametersOf(plan, forward), backward: parametersOf(plan, backward) };
  const weights = { forward: weightBytes(plan, used.forward), backward: weightBytes(plan, used.backward) };
  const largest = largestMatrix(plan);

  const sizeIn = ({ time, batch }: Given, buffer: Buffer): number =>
    bytesOf(buffer, { time, batch, parts: team.size }, perBlock.has(buffer));
  const layouts = new Map<string, Layout>();
  const layoutOf = (name: string, given: Given, make: () => Layout): Layout => {
    const key = `${name} ${given.time} ${given.batch} ${team.size} ${isLookup(given.input)}`;
    const known = layouts.get(key);
    if (known !== undefined) return known;
    if (layouts.size >= REMEMBERED) layouts.clear();
    const made = make();
    layouts.set(key, made);
    return made;
  };
  const open = <T>(
    direction: 'forward' | 'backward',
    given: Given,
    held: HeldBlock | undefined,
    extra: readonly number[],
    f: (call: Call) => T,
  ): T => {
    const { time, batch, reverse, input } = given;
    const { lives } = directions[direction];
    const isSpared = isLookup(input) && !lookup.needsFrames[direction];
    const layout = (): Layout =>
      byLifetime(without(lives, isSpared ? plan.input : undefined), (buffer) => sizeIn(given, buffer));
    const transient = layoutOf(direction, given, layout);
    const staging = Math.max(
      isLookup(input) ? 0 : input.length,
      time * batch * widthOf(graph.output),
      largest,
      time * batch,
    );
    const sizes = { time, batch, reverse, transient, held, weights: weights[direction], staging, extra };
    return withCall(workspace, plan, sizes, f);
  };
  const prepare = (call: Call, given: Given, direction: 'forward' | 'backward'): void => {
    const { time, batch, mask, rng } = given;
    if (plan.mask !== undefined && mask !== undefined) putSequence(workspace, call, mask, plan.mask);
    const { context } = given;
    for (const [i, of] of graph.context.entries()) {
      const buffer = plan.given.get(of);
      const to = buffer && call.at(buffer);
      if (buffer !== undefined && to !== undefined) putRows(blocks, context[i] as Float32Array, to, buffer);
    }
    if (direction === 'forward' && rng !== undefined) {
      drawNoise(plan, { time, batch, rng }, drawsOf, (buffer, t) => {
        const to = call.at(buffer);
        return to === undefined ? undefined : blocks.view(to + 4 * t * batch * buffer.stride, batch * buffer.stride);
      });
    }
    if (!isLookup(given.input)) putSequence(workspace, call, given.input, plan.input);
    const { weights, staging } = call;
    writeParameters(plan, workspace, used[direction], given, { shared: call.at, weights, staging });
  };
  const run = (section: Section, table: number, time: number, batch: number): void => {
    const index = forward.indexOf(section);
    const name = index >= 0 ? `forward${index}` : `backward${backward.indexOf(section)}`;
    const isAll = section.kind === 'all';
    const count = isAll ? Math.ceil((time * batch) / BLOCK) : batch;
    team.runProgram(program, name, count, isAll || batch <= 4 ? 1 : 2, operationsOf(section) * time * batch, table);
  };
  const runOver: RunOver = (section, table, rows) => run(section, table, 1, rows);

  return {
    plan,
    workspace,
    program,
    forward(given, take) {
      const { time, batch, reverse } = given;
      const held = hasGradient
        ? hold(layoutOf('held', given, () => inARow(plan.held, (buffer) => sizeIn(given, buffer))))
        : undefined;
      const extra = isLookup(given.input) ? lookupRoom(plan, lookup, given.input.rows, time * batch) : [];
      try {
        const taken = open('forward', given, held, extra, (call) => {
          const states = given.state;
          for (const [i, buffer] of plan.states.entries()) {
            const first = (call.at(buffer) as number) + (reverse ? 4 * time * batch * buffer.stride : 0);
            putRows(blocks, states[i] as Float32Array, first, buffer);
          }
          prepare(call, given, 'forward');
          const { input } = given;
          if (isLookup(input)) lookUp(workspace, plan, lookup, call, input, runOver);
          const rest = isLookup(input) && lookup.first !== undefined ? forward.slice(1) : forward;
          for (const section of rest) run(section, call.table, time, batch);
          const state = plan.states.map((buffer) => {
            const last = (call.at(buffer) as number) + (reverse ? 0 : 4 * time * batch * buffer.stride);
            return takeRows(blocks, last, batch, buffer);
          });
          return take({ outputs: takeSequence(workspace, call, plan.output), state });
        });
        return { taken, held };
      } catch (error) {
        held?.release();
        throw error;
      }
    },
    backward(given, gradients, held, take) {
      const { time, batch } = given;
      const tableRows = isLookup(given.input) ? given.input.rows : undefined;
      const extra = tableRows === undefined ? [] : scatterRoom(plan, lookup, tableRows, time * batch);
      const room = [...extra, ...sumsRoom(plan, team.size)];
      // Beside the gradients, a lookup may need the frames of the input.
      if (tableRows !== undefined)
        room.push(...lookupRoom(plan, { ...lookup, first: undefined, results: [] }, tableRows, time * batch));
      return open('backward', given, held as HeldBlock, room, (call) => {
        putSequence(workspace, call, gradients.outputs, plan.dOutput as Buffer);
        const dState = gradients.state;
        for (const [i, buffer] of plan.carries.entries()) {
          const to = call.at(buffer);
          const from = dState[i];
          if (to === undefined) continue;
          if (from === undefined) blocks.view(to, batch * buffer.stride).fill(0);
          else putRows(blocks, from, to, buffer);
        }
        prepare(call, given, 'backward');
        const { input } = given;
        const table = isLookup(input) ? input : undefined;
        if (table !== undefined && lookup.needsFrames.backward) {
          lookUp(workspace, plan, { ...lookup, first: undefined, results: [] }, call, table, runOver);
        }
        const rest = table !== undefined && lookup.last !== undefined ? backward.slice(0, -1) : backward;
        for (const section of rest) run(section, call.table, time, batch);
        const scattered = table && scatter(workspace, plan, lookup, call, table, runOver);
        const isScattered = lookup.needsFrames.backward ? undefined : scattered;
        const sums = sumOverRows(workspace, plan, call, table?.rows ?? 0, isScattered);
        const state = plan.carries.map((buffer) => {
          const from = call.at(buffer);
          return from === undefined ? undefined : takeRows(blocks, from + 12 * batch * buffer.stride, batch, buffer);
        });
        const context = plan.dContext.map(
          (buffer) => buffer && takeRows(blocks, call.at(buffer) as number, batch, buffer),
        );
        const byInput =
          scattered === undefined ? plan.dInput && takeSequence(workspace, call, plan.dInput) : scattered.gradient;
        return take({ input: byInput, state, context, sums });
      });
    },
    dispose: () => program.dispose(),
  };

  function hold(layout: Layout): HeldBlock {
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
}

const isLookup = (input: Given['input']): input is Lookup => !(input instanceof Float32Array);

function without(lives: ReadonlyMap<Buffer, Lifetime>, spared: Buffer | undefined): ReadonlyMap<Buffer, Lifetime> {
  if (spared === undefined) return lives;
  return new Map([...lives].filter(([buffer]) => buffer !== spared));
}
