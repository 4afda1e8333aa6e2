import type { Node, StepGraph } from '../graph.ts';
import { isProduct } from '../ops.ts';
import type { Stages } from './stages.ts';

/** Where values are computed. */
export type Homes = {
  /** The stage in which a value per row is computed; −1: once, since it is the same at all frames. */
  homeOf(of: Node): number;
  /** The stage of the loop of a leaf of the state. */
  loopOfState(i: number): number;
  /** The same backward. */
  loopOfGradient(i: number): number;
  /** The stage in which a sum of a value over frames, for a gradient, is best made: the first backward that has all it is made from. */
  stageFor(of: Node): number;
};

/**
 * A product that a recurrence does not need is computed for all frames at once. Everything else is computed where what it depends on
 * is: in the loop, if that is where, as it is in the cache then.
 */
export function homesOf(graph: StepGraph, stages: Stages): Homes {
  const { state, dNext, dOutput } = graph;
  const first = 2 * stages.count + 1;
  const loopOfState = (i: number): number => 2 * (stages.groups[i] as number) + 1;
  const loopOfGradient = (i: number): number => first + 2 * (stages.count - 1 - (stages.groups[i] as number)) + 1;
  const homes = new Map<Node, number>();
  const homeOf = (of: Node): number => {
    let home = homes.get(of);
    if (home === undefined) {
      home = compute(of);
      homes.set(of, home);
    }
    return home;
  };
  const compute = (of: Node): number => {
    const isShared = of.inputs.length > 0 && of.inputs.every((input) => !input.perRow);
    if (!of.perRow || isShared || stages.isConstant(of)) return -1;
    const [byState, byGradient] = [state.indexOf(of), dNext.indexOf(of)];
    if (byState >= 0) return loopOfState(byState);
    if (byGradient >= 0) return loopOfGradient(byGradient);
    if (of === dOutput) return first;
    if (of.inputs.length === 0) return 0;
    const natural = stages.stageOf(of);
    const after = Math.max(0, ...of.inputs.map(homeOf));
    if (stages.isLoop(natural)) return Math.max(natural, after);
    if (!isProduct(of)) return after;
    const earliest = Math.max(natural, after);
    return stages.isLoop(earliest) ? earliest + 1 : earliest;
  };
  return { homeOf, loopOfState, loopOfGradient, stageFor: (of) => Math.max(first, homeOf(of)) };
}
