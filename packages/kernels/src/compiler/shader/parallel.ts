import type { Node, StepGraph } from '../graph.ts';
import type { Stages } from '../plan/stages.ts';

/** How a value depends on a state: not at all, linearly, linearly with coefficients, or otherwise. */
type Dependence = 'none' | 'linear' | 'scaled' | 'other';

/**
 * Whether some state is linear in itself, hₜ = aₜ·hₜ₋₁ + bₜ, where a and b do not depend on it: then a `scan` of the cell
 * can compute all frames in log₂ time rounds, where draws frame by frame take one or more each.
 */
export function isParallel({ state, next }: StepGraph, { groups, count }: Pick<Stages, 'groups' | 'count'>): boolean {
  for (let group = 0; group < count; group++) {
    const leaves = state.filter((_, i) => groups[i] === group);
    const dependence = dependenceOn(new Set(leaves));
    if (next.every((of, i) => groups[i] !== group || dependence(of) === 'scaled')) return true;
  }
  return false;
}

function dependenceOn(states: ReadonlySet<Node>): (of: Node) => Dependence {
  const known = new Map<Node, Dependence>();
  const dependence = (of: Node): Dependence => {
    let found = states.has(of) ? 'linear' : known.get(of);
    if (found === undefined) {
      found = combined(of, of.inputs.map(dependence));
      known.set(of, found);
    }
    return found;
  };
  return dependence;
}

function combined({ op }: Node, inputs: readonly Dependence[]): Dependence {
  if (inputs.every((of) => of === 'none')) return 'none';
  if (inputs.includes('other')) return 'other';
  const sum = inputs.includes('scaled') ? 'scaled' : 'linear';
  switch (op) {
    case 'Add':
    case 'BroadcastTo':
    case 'Concat':
    case 'Neg':
    case 'Reshape':
    case 'Slice':
    case 'Sub':
      return sum;
    case 'Multiply':
      return inputs.includes('none') ? 'scaled' : 'other';
    case 'RealDiv':
      return inputs[1] === 'none' ? 'scaled' : 'other';
    case 'Select':
      return inputs[0] === 'none' ? sum : 'other';
    default:
      return 'other';
  }
}
