import { inOrder, type Node, resultsOf, type StepGraph } from '../graph.ts';

/**
 * In which part of a sequence a value is computed. The leaves of the state fall into groups that depend on each other (a layer of a stack
 * is one), and each group has a loop over the frames of its own, so that what lies between two loops is computed for all frames at once:
 *
 *   forward:  all frames (0), loop of group 0 (1), all frames (2), loop of group 1 (3), …
 *   backward: the same with the last group first
 */
export type Stages = {
  /** The group of each leaf of the state, those that others depend on first. */
  readonly groups: readonly number[];
  readonly count: number;
  /** The stage of a value per row that changes from frame to frame. */
  stageOf(of: Node): number;
  isLoop(stage: number): boolean;
  isBackward(stage: number): boolean;
  /** Whether a value is the same at all frames: computed from parameters, context and noise that does not change. */
  isConstant(of: Node): boolean;
};

/** The stages of a graph. `constantNoise` says which noise is the same at all frames. */
export function stagesOf(graph: StepGraph, isConstantNoise: (of: Node) => boolean): Stages {
  const { state, next, dNext, dState, input, mask, dOutput } = graph;
  const groups = groupsOf(state, next);
  const count = Math.max(-1, ...groups) + 1;
  const ancestors = (results: readonly (Node | undefined)[], group: number): Set<Node> =>
    new Set(inOrder(results.filter((of, i): of is Node => of !== undefined && groups[i] === group)));
  const ahead = Array.from({ length: count }, (_, group) => ancestors(next, group));
  const back = Array.from({ length: count }, (_, group) => ancestors(dState, group));
  const dependences = new Map<Node, Dependence>();
  for (const of of inOrder(resultsOf(graph))) {
    const own = { ...NONE };
    for (const i of of.inputs) {
      const { group, turn, isBackward, varies } = dependences.get(i) as Dependence;
      own.group = Math.max(own.group, group);
      own.turn = Math.max(own.turn, turn);
      own.isBackward ||= isBackward;
      own.varies ||= varies;
    }
    const [at, byNext] = [state.indexOf(of), dNext.indexOf(of)];
    if (at >= 0) own.group = groups[at] as number;
    if (byNext >= 0) own.turn = count - 1 - (groups[byNext] as number);
    own.isBackward ||= of === dOutput || byNext >= 0;
    own.varies ||=
      own.isBackward || at >= 0 || of === input || of === mask || (of.op === 'Noise' && !isConstantNoise(of));
    dependences.set(of, own);
  }
  return {
    groups,
    count,
    stageOf(of) {
      const { group, turn, isBackward } = dependences.get(of) as Dependence;
      if (!isBackward) return group >= 0 && ahead[group]?.has(of) ? 2 * group + 1 : 2 * (group + 1);
      const first = 2 * count + 1;
      return first + (turn >= 0 && back[count - 1 - turn]?.has(of) ? 2 * turn + 1 : 2 * (turn + 1));
    },
    isLoop: (stage) => (stage <= 2 * count ? stage % 2 === 1 : stage % 2 === 0),
    isBackward: (stage) => stage > 2 * count,
    isConstant: (of) => dependences.get(of)?.varies === false,
  };
}

/** On what a value depends: the last group of state, the last turn of the backward loops, gradients, the frame. */
type Dependence = { group: number; turn: number; isBackward: boolean; varies: boolean };
const NONE: Dependence = { group: -1, turn: -1, isBackward: false, varies: false };

/** The strongly connected components of "the next value of i depends on j", in topological order. */
function groupsOf(state: readonly Node[], next: readonly Node[]): number[] {
  const needs = next.map((of) => {
    const seen = new Set(inOrder([of]));
    return state.map((leaf) => seen.has(leaf));
  });
  const n = state.length;
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      if (needs[i]?.[k]) for (let j = 0; j < n; j++) if (needs[k]?.[j]) (needs[i] as boolean[])[j] = true;
    }
  }
  const groups = Array<number>(n).fill(-1);
  for (let group = 0; groups.includes(-1); group++) {
    const isReady = (i: number): boolean =>
      groups[i] === -1 && state.every((_, j) => !needs[i]?.[j] || j === i || groups[j] !== -1 || needs[j]?.[i]);
    const first = state.findIndex((_, i) => isReady(i));
    for (let j = 0; j < n; j++) if (j === first || (needs[first]?.[j] && needs[j]?.[first])) groups[j] = group;
  }
  return groups;
}
