import {
  add,
  cast,
  concat,
  equal,
  expandDims,
  fill,
  greater,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  mul,
  notEqual,
  range,
  reshape,
  reverse,
  slice,
  stack,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  where,
} from '@tensorflow/tfjs-core';
import type { TargetTensors } from './target-tensors.ts';

/** log 0: finite, since shaders need not support infinities, and the maximum of webgl starts from −1e20. */
export const NEVER = -1e15;

/** The states of alignments, labels with blanks around each, and their transitions: [batch, states]. */
export interface Lattice {
  /** int32: the label or blank of a state. */
  readonly labels: Tensor2D;
  /** Whether a row has the state: there are 2·labels + 1. */
  readonly isState: Tensor2D;
  /** Initial states, before the first frame, and final states, after the last: log 1, else log 0. */
  readonly start: Tensor2D;
  readonly end: Tensor2D;
  /** [batch, states, 3]: transitions to a state from itself, the previous one, and the one before that: log 1 or log 0. */
  readonly steps: Tensor3D;
  /** Initial states and transitions with the states in reverse. */
  readonly reversed: { readonly start: Tensor2D; readonly steps: Tensor3D };
}

/** The states for these targets. */
export function latticeOf({ labels: given, lengths }: TargetTensors, blank: number): Lattice {
  const [batch, width] = given.shape;
  const states = 2 * width + 1;
  const blanks = (columns: number): Tensor2D => fill([batch, columns], blank, 'int32');
  const lastState = expandDims(mul(lengths, 2), 1);
  const state = reshape(range(0, states), [1, states]);
  const isState = lessEqual(state, lastState) as Tensor2D;
  const between = reshape(stack([blanks(width), given], 2), [batch, 2 * width]) as Tensor2D;
  const labels = where(isState, concat([between, blanks(1)], 1), blanks(states)) as Tensor2D;
  const before = concat([slice(labels, 0, [batch, 2]), slice(labels, 0, [batch, states - 2])], 1);
  const skips = logicalAnd(notEqual(labels, blank), notEqual(labels, before)) as Tensor2D;
  const fromEnd = reverse(cast(skips, 'int32'), 1);
  const skipsBack = concat([fill([batch, 2], 0, 'int32'), slice(fromEnd, 0, [batch, states - 2])], 1);
  const isFirst = logicalAnd(equal(state, 0), isState);
  const isLast = equal(state, lastState);
  const maySay = logicalAnd(equal(state, sub(lastState, 1)), greater(lastState, 0));
  return {
    labels,
    isState,
    start: logOf(isFirst),
    end: logOf(logicalOr(isLast, maySay)),
    steps: stepsOf(skips),
    reversed: {
      start: logOf(equal(state, sub(states - 1, lastState))),
      steps: stepsOf(cast(skipsBack, 'bool') as Tensor2D),
    },
  };
}

/** log 1 where true, else log 0. */
function logOf(condition: Tensor): Tensor2D {
  return mul(sub(1, cast(condition, 'float32')), NEVER);
}

function stepsOf(skips: Tensor2D): Tensor3D {
  const [batch, states] = skips.shape;
  const stays = fill([batch, states], 0);
  const moves = add(stays, logOf(less(0, reshape(range(0, states), [1, states]))));
  return stack([stays, moves, logOf(skips)], 2) as Tensor3D;
}
