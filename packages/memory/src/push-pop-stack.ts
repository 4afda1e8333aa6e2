import { expectShape, expectSizes, type Memory, OptionError, tree } from '@elman/core';
import {
  concat,
  fill,
  reshape,
  sigmoid,
  slice,
  split,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { actionWeights, blend } from './actions.ts';

/** Number and sizes of the stacks. */
export type PushPopStackOptions = {
  /** Places of a stack; elements pushed deeper are lost. No more than the number of frames can be in use. */
  readonly depth: number;
  /** Size of an element; default 1. */
  readonly size?: number | undefined;
  /** Number of stacks, each with its own actions; default 1. */
  readonly stacks?: number | undefined;
  /** Number of elements read from the top of each stack; default 1. */
  readonly reads?: number | undefined;
  /** Whether there is a no-op in addition to push and pop; default true. */
  readonly noOp?: boolean | undefined;
  /** Whether only the likeliest action is taken, which has no gradient: for use after training. Default false. */
  readonly hard?: boolean | undefined;
};

/** stacks [batch, stacks, depth, size], the top first. */
export type PushPopStackState = { readonly stacks: Tensor4D };

/** The value of empty places, which σ never takes. */
const EMPTY = -1;

/**
 * Differentiable stacks by superposition of actions. For each stack s, whose top is s₀:
 *
 *   a(push), a(pop), a(noOp) = softmax(the stack's part of the command)
 *   v   = σ(its other part)
 *   s₀' = a(push)·v    + a(pop)·s₁   + a(noOp)·s₀
 *   sᵢ' = a(push)·sᵢ₋₁ + a(pop)·sᵢ₊₁ + a(noOp)·sᵢ
 *   read = s₀' … of the first `reads` places
 *
 * All places are −1 at first, and so is what moves up from below the last. `hard` sets the largest of a to 1 and the others to 0: then it
 * is an ordinary stack. A cell that was trained soft may be run hard, and deeper, with the same parameters.
 *
 * Shapes: command [batch, stacks·(actions + size)]: the actions of all stacks in this order, then the values of all; read [batch,
 * stacks·reads·size].
 * Seen:   actions [batch, stacks, actions], pushed and top [batch, stacks, size], stacks [batch, stacks, depth, size].
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number or `reads` exceeds `depth`.
 * @see Joulin & Mikolov 2015, "Inferring algorithmic patterns with stack-augmented recurrent nets"
 */
export function pushPopStack(options: PushPopStackOptions): Memory<PushPopStackState> {
  const { depth, size = 1, stacks = 1, reads = 1, noOp = true, hard = false } = options;
  const name = 'pushPopStack';
  expectSizes(name, { depth, size, stacks, reads });
  if (reads > depth) throw new OptionError(`${name}: reads: expected at most depth=${depth}, got ${reads}.`);
  const actions = noOp ? 3 : 2;
  const parts = [stacks * actions, stacks * size];
  const interfaceSize = stacks * (actions + size);

  const decide = (command: Tensor2D) => {
    const [logits, values] = split(command, parts, 1) as [Tensor2D, Tensor2D];
    const batch = command.shape[0];
    const weights: Tensor3D = actionWeights(reshape(logits, [batch, stacks, actions]), hard);
    return { weights, values: reshape(sigmoid(values), [batch, stacks, 1, size]) as Tensor4D };
  };

  return {
    name,
    recipe: { package: '@elman/memory', factory: name, arguments: [{ depth, size, stacks, reads, noOp, hard }] },
    interfaceSize,
    readSize: stacks * reads * size,
    initialState: (batchSize) => ({ stacks: fill([batchSize, stacks, depth, size], EMPTY) as Tensor4D }),
    access: (state, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        const batch = command.shape[0];
        const { weights, values } = decide(command);
        const end = fill([batch, stacks, 1, size], EMPTY) as Tensor4D;
        const before = state.stacks;
        const most = [batch, stacks, depth - 1, size];
        const pushed = depth > 1 ? [values, slice(before, [0, 0, 0, 0], most)] : [values];
        const popped = depth > 1 ? [slice(before, [0, 0, 1, 0], most), end] : [end];
        const after = blend(concat([...pushed, ...popped, ...(noOp ? [before] : [])], 2), weights);
        const top = slice(after, [0, 0, 0, 0], [batch, stacks, reads, size]);
        return { read: reshape(top, [batch, stacks * reads * size]) as Tensor2D, state: { stacks: after } };
      }),
    watch: (state, command) =>
      tree.tidy(() => {
        const { weights, values } = decide(command);
        const batch = command.shape[0];
        return {
          actions: weights,
          pushed: reshape(values, [batch, stacks, size]),
          top: reshape(slice(state.stacks, [0, 0, 0, 0], [batch, stacks, 1, size]), [batch, stacks, size]),
          stacks: state.stacks.clone(),
        };
      }),
  };
}
