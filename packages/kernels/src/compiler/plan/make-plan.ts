import { inOrder, type Node, resultsOf, type StepGraph } from '../graph.ts';
import { isColumnSum, rowsOfProduct, widthOf } from '../ops.ts';
import { comparedWithMaximum } from './exact.ts';
import { homesOf } from './homes.ts';
import { isKept } from './keep.ts';
import { expectKnown, isSumOverRows } from './known-ops.ts';
import {
  type Buffer,
  type BufferKind,
  type Place,
  type Plan,
  type RowTotal,
  type Section,
  strideOf,
  targetsOf,
  type WeightGradient,
  type Weights,
} from './plan.ts';
import { forwardOf, withoutViews, zeros } from './plan-graph.ts';
import { makeSection, type Wanted } from './section.ts';
import { stagesOf } from './stages.ts';

/** Options of a plan: whether gradients are taken, and which noise is the same at all frames. */
export type PlanOptions = {
  readonly withGradient: boolean;
  readonly isConstantNoise: (of: Node) => boolean;
};

/**
 * A plan for a simplified graph.
 *
 * Sections are made from the last to the first, since a section that needs a value of an earlier one demands that it be kept.
 * @throws {NotCompilable}
 */
export function makePlan(whole: StepGraph, { withGradient, isConstantNoise }: PlanOptions): Plan {
  // Of the gradient, too, before anything is run.
  expectKnown(whole);
  const graph = withoutViews(withGradient ? whole : forwardOf(whole));
  const exact = comparedWithMaximum(graph);
  const stages = stagesOf(graph, isConstantNoise);
  const homes = homesOf(graph, stages);
  const { homeOf, loopOfGradient } = homes;

  const buffers: Buffer[] = [];
  const buffer = (kind: BufferKind, width: number, stride: number = strideOf(width)): Buffer => {
    const made = { id: buffers.length, kind, width, stride };
    buffers.push(made);
    return made;
  };
  const at = (of: Buffer, more: Partial<Place> = {}): Place => ({ buffer: of, column: 0, ...more });
  const { state, next, dState, dNext } = graph;
  const input = buffer('frames', widthOf(graph.input));
  const mask = graph.mask && buffer('frames', 1);
  const dOutput = withGradient ? buffer('frames', widthOf(graph.dOutput)) : undefined;
  const states = state.map((leaf) => buffer('states', widthOf(leaf)));
  const carries = withGradient ? state.map((leaf) => buffer('carry', widthOf(leaf))) : [];
  const given = new Map<Node, Buffer>();
  for (const of of graph.context) if (of.perRow) given.set(of, buffer('constant', widthOf(of)));
  for (const of of graph.noise)
    given.set(
      of,
      buffer(of.perRow && !isConstantNoise(of) ? 'frames' : of.perRow ? 'constant' : 'frames', widthOf(of)),
    );
  const shared = new Map<Node, Buffer>();
  const weights = new Map<string, Weights>();

  /** Kept values: in buffers of frames, or of the batch if they are the same at all frames. */
  const kept = new Map<Node, Buffer>();
  const lastStage = 4 * stages.count + 2;
  const wanted: Wanted[] = Array.from({ length: lastStage + 1 }, () => ({ stores: [], totals: [] }));
  const wantedAt = (stage: number): Wanted => wanted[stage + 1] as Wanted;
  const keep = (of: Node): Buffer => {
    const known = kept.get(of);
    if (known !== undefined) return known;
    const home = homeOf(of);
    const made = buffer(home < 0 ? 'constant' : 'frames', widthOf(of));
    kept.set(of, made);
    wantedAt(home).stores.push({ value: of, to: at(made) });
    return made;
  };

  const nextOf = new Map<Node, number>();
  next.forEach((of, i) => {
    if (of.op !== 'Input' && of.perRow && !nextOf.has(of)) nextOf.set(of, i);
  });
  /** Where a value is in a section, if it need not be computed there. */
  const placeIn = (of: Node, stage: number): Place | undefined => {
    if (of === graph.input) return at(input);
    if (of === graph.mask) return at(mask as Buffer);
    if (of === graph.dOutput) return at(dOutput as Buffer);
    const [byState, byGradient] = [state.indexOf(of), dNext.indexOf(of)];
    if (byState >= 0) return at(states[byState] as Buffer, { side: 'before' });
    if (byGradient >= 0) {
      return loopOfGradient(byGradient) === stage ? at(carries[byGradient] as Buffer) : at(keep(of));
    }
    const known = given.get(of);
    if (known !== undefined) return at(known);
    if (!of.perRow) {
      const row = shared.get(of) ?? buffer('shared', widthOf(of));
      shared.set(of, row);
      return at(row);
    }
    if (homeOf(of) >= stage) return undefined;
    const i = nextOf.get(of);
    if (i !== undefined && homeOf(of) >= 0) return at(states[i] as Buffer, { side: 'after' });
    const frames = kept.get(of);
    return frames && at(frames);
  };

  // What is asked of each section.
  for (const [i, value] of next.entries()) {
    wantedAt(Math.max(homeOf(value), 0)).stores.push({ value, to: at(states[i] as Buffer, { side: 'after' }) });
  }
  const outputState = nextOf.get(graph.output);
  const isOwnOutput = outputState === undefined;
  const output: Place = isOwnOutput
    ? at(buffer('frames', widthOf(graph.output)))
    : at(states[outputState] as Buffer, { side: 'after' });
  if (isOwnOutput) {
    wantedAt(Math.max(homeOf(graph.output), 0)).stores.push({ value: graph.output, to: output });
    if (graph.output.op !== 'Input' && graph.output.perRow && homeOf(graph.output) >= 0)
      kept.set(graph.output, output.buffer);
  }
  const gradients: { readonly node: Node; readonly a: Node; readonly b: Node }[] = [];
  const columnSums: { readonly node: Node; readonly totals: Buffer; readonly stage: number }[] = [];
  /** One that all rows share has the gradient of a parameter. */
  const dContext = graph.dContext.map((of, i) =>
    withGradient && of && graph.context[i]?.perRow ? buffer('totals', widthOf(of)) : undefined,
  );
  let dInput: Place | undefined;
  /** Where a gradient is made: backward, even if it is a constant. */
  const backwardStageOf = (of: Node): number => Math.max(homeOf(of), 2 * stages.count + 1);
  if (withGradient) {
    dState.forEach((of, i) => {
      if (dNext[i] === undefined) return;
      const value = of ?? zeros(state[i] as Node);
      wantedAt(loopOfGradient(i)).stores.push({ value, to: at(carries[i] as Buffer, { isOut: true }) });
    });
    graph.dContext.forEach((of, i) => {
      const totals = dContext[i];
      if (of !== undefined && totals !== undefined)
        wantedAt(backwardStageOf(of)).totals.push({ value: of, to: at(totals), perBatchRow: true });
    });
    const inputGradient = graph.dInput;
    if (inputGradient !== undefined) {
      dInput = at(buffer('frames', widthOf(inputGradient)));
      wantedAt(backwardStageOf(inputGradient)).stores.push({ value: inputGradient, to: dInput });
      const isOfStage = homeOf(inputGradient) === backwardStageOf(inputGradient);
      if (inputGradient.op !== 'Input' && !kept.has(inputGradient) && isOfStage) kept.set(inputGradient, dInput.buffer);
    }
    for (const of of inOrder(resultsOf(graph))) {
      if (!isSumOverRows(of)) continue;
      if (isColumnSum(of)) {
        const value = of.inputs[0] as Node;
        const stage = backwardStageOf(value);
        const totals = buffer('totals', widthOf(value));
        columnSums.push({ node: of, totals, stage });
        wantedAt(stage).totals.push({ value, to: at(totals), perBatchRow: false });
      } else {
        const [a, b] = of.inputs as [Node, Node];
        gradients.push({ node: of, a, b });
      }
    }
  }
  /** Where a factor is; on its own, if its rows have to be one after the other. */
  const operand = (of: Node, count: number): Place => {
    if (of.op === 'Slice' && count === 1) {
      const inner = operand(of.inputs[0] as Node, 1);
      return { ...inner, column: inner.column + ((of.attrs.begin as number[])[1] as number) };
    }
    const place = placeIn(of, lastStage);
    const isAlone = count === 1 || (place?.column === 0 && place.buffer.width === widthOf(of));
    return place !== undefined && isAlone ? place : at(keep(of));
  };
  /** The sum over frames, for each row of the batch. */
  const total = (value: Node): Place => {
    const to = at(buffer('totals', widthOf(value)));
    wantedAt(backwardStageOf(value)).totals.push({ value, to, perBatchRow: true });
    return to;
  };
  const places = gradients.map(({ node, a, b }): WeightGradient => {
    const count = rowsOfProduct(node);
    const sizes = { node, rows: widthOf(a) / count, columns: widthOf(b) / count, count };
    // What is the same at all frames is multiplied by the sum over frames.
    if (homeOf(a) < 0) return { ...sizes, a: operand(a, count), b: total(b), once: true };
    if (homeOf(b) < 0) return { ...sizes, a: total(a), b: operand(b, count), once: true };
    return { ...sizes, a: operand(a, count), b: operand(b, count), once: false };
  });

  const sections: Section[] = [];
  const perBlock = new Set<Buffer>();
  for (let stage = lastStage - 1; stage >= -1; stage--) {
    if (stage > 2 * stages.count && !withGradient) continue;
    const made = makeSection({
      stage,
      isLoop: stage >= 0 && stages.isLoop(stage),
      isBackward: stage > 2 * stages.count,
      wanted: wantedAt(stage),
      homeOf,
      placeIn: (of) => placeIn(of, stage),
      isKept: (of) => exact.has(of) || isKept(of, stage, { stages, homeOf, placeIn }),
      isExact: (of) => exact.has(of),
      keep: (of) => at(keep(of)),
      buffer,
      weightsOf(of, transposed) {
        const key = `${of.id} ${transposed}`;
        const [rows, columns] = of.shape as [number, number];
        const known = weights.get(key) ?? {
          node: of,
          transposed,
          depth: transposed ? columns : rows,
          columns: transposed ? rows : columns,
        };
        weights.set(key, known);
        return known;
      },
    });
    if (made.kind === 'all') for (const totals of made.totals) perBlock.add(totals);
    if (made.steps.length > 0 || stages.isLoop(stage)) sections.unshift(made);
  }
  const forward = sections.filter(({ isBackward }) => !isBackward);
  const backward = sections.filter(({ isBackward }) => isBackward);
  return {
    graph,
    forward,
    backward,
    buffers,
    input,
    dOutput,
    mask,
    states,
    carries,
    given,
    output,
    dInput,
    dContext,
    shared,
    weights: [...weights.values()],
    gradients: places,
    sums: columnSums.map(({ node, totals }): RowTotal => ({ node, totals, perBlock: perBlock.has(totals) })),
    held: heldBy(backward, places, [...states, ...kept.values(), ...graph.noise.map((of) => given.get(of) as Buffer)]),
  };
}

/** Of what forward leaves behind, the buffers that backward reads. */
function heldBy(
  backward: readonly Section[],
  gradients: readonly WeightGradient[],
  candidates: readonly Buffer[],
): Set<Buffer> {
  const read = new Set<Buffer>();
  const written = new Set<Buffer>();
  for (const { places, steps } of backward) {
    for (const { buffer } of places.values()) read.add(buffer);
    for (const step of steps) for (const to of targetsOf(step)) written.add(to);
  }
  for (const { a, b } of gradients) read.add(a.buffer).add(b.buffer);
  return new Set(candidates.filter((of) => read.has(of) && !written.has(of)));
}
