import type { Node } from '../graph.ts';
import { isAxisReduction, isCostly, isJoined, isProduct, isRowReduction, widthOf } from '../ops.ts';
import type { Place } from './plan.ts';
import type { Stages } from './stages.ts';

type Context = {
  readonly stages: Stages;
  readonly homeOf: (of: Node) => number;
  readonly placeIn: (of: Node, stage: number) => Place | undefined;
};

/**
 * Whether a value of an earlier section that this one needs is kept; else it is computed again from what it depends on. Products,
 * reductions and single numbers are kept; what is cheap is computed again; costly functions, such as σ, are computed again if
 * what they depend on is kept anyway, as that saves memory: an LSTM then holds six numbers for each unit and frame.
 */
export function isKept(of: Node, by: number, context: Context): boolean {
  if (isWhole(of)) return true;
  if (of.op === 'BroadcastTo' || of.op === 'RowView') return false;
  if (of.op === 'Slice') return isSliceKept(of, by, context);
  if (isCostly(of)) return !isAtHand(of, by, context);
  if (widthOf(of) === 1) return !isAtHand(of, by, context);
  const { stages, homeOf } = context;
  const isSameDirection = stages.isBackward(homeOf(of)) === stages.isBackward(by);
  return isSameDirection && rowsToLoad(of) > 1;
}

/** Values that are not computed number by number where they are needed. */
const isWhole = (of: Node): boolean => isProduct(of) || isRowReduction(of) || isAxisReduction(of) || isJoined(of);

/** A slice of something that is not kept as a whole is kept by itself. */
function isSliceKept(of: Node, by: number, { placeIn }: Context): boolean {
  return placeIn(of.inputs[0] as Node, by) === undefined;
}

/** Whether it can be computed from what is kept already. */
function isAtHand(of: Node, by: number, context: Context): boolean {
  return of.inputs.every((input) => {
    if (!input.perRow || context.placeIn(input, by) !== undefined) return true;
    if (isWhole(input) || isCostly(input)) return false;
    return isAtHand(input, by, context);
  });
}

/** How many rows of more than one number have to be loaded to compute a value again. */
function rowsToLoad(of: Node): number {
  const seen = new Set<Node>();
  let count = 0;
  const visit = (part: Node): void => {
    if (seen.has(part) || !part.perRow || widthOf(part) === 1) return;
    seen.add(part);
    if (part.inputs.length === 0 || isProduct(part) || isAxisReduction(part) || isCostly(part) || isJoined(part))
      count++;
    else part.inputs.forEach(visit);
  };
  visit(of);
  return count;
}
