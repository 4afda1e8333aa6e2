import type { Node, StepGraph } from '../graph.ts';
import type { Stages } from './stages.ts';

/** Ops that move numbers and change none. */
const MOVES: ReadonlySet<string> = new Set(['Concat', 'Reshape', 'Select', 'Slice', 'Transpose']);

/**
 * Whether some state is a buffer of earlier frames: its next value is made of itself and of others by moving numbers
 * alone. A loop over frames then copies the whole of it for each, where a `scan` reads all frames where they are.
 */
export function shiftsFrames({ state, next }: StepGraph, { groups, count }: Pick<Stages, 'groups' | 'count'>): boolean {
  for (let group = 0; group < count; group++) {
    const depends = dependenceOn(new Set(state.filter((_, i) => groups[i] === group)));
    const found = next.filter((_, i) => groups[i] === group).map(depends);
    if (found.includes('moved') && !found.includes('computed')) return true;
  }
  return false;
}

/** How a value depends on states: not at all, being one, as their numbers in other places, or otherwise. */
type Dependence = 'none' | 'same' | 'moved' | 'computed';

function dependenceOn(states: ReadonlySet<Node>): (of: Node) => Dependence {
  const known = new Map<Node, Dependence>();
  const dependence = (of: Node): Dependence => {
    let found = states.has(of) ? 'same' : known.get(of);
    if (found === undefined) {
      const inputs = of.inputs.map(dependence);
      if (inputs.every((one) => one === 'none')) found = 'none';
      else if (!MOVES.has(of.op) || inputs.includes('computed') || (of.op === 'Select' && inputs[0] !== 'none'))
        found = 'computed';
      else found = of.op === 'Slice' || of.op === 'Concat' || inputs.includes('moved') ? 'moved' : 'same';
      known.set(of, found);
    }
    return found;
  };
  return dependence;
}
