import { engine, type Scalar, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { ShapeError } from './errors.ts';
import * as tree from './tree.ts';
import type { Tree } from './types.ts';

/** A loss with auxiliary results: states, counts, metrics. */
export interface LossAnd<A extends Tree> {
  readonly loss: Scalar;
  readonly aux: A;
}

/**
 * The loss and its gradient w.r.t. every leaf of `params`, with the auxiliary tree that `f` returns.
 *
 * A parameter that the loss does not depend on gets zeros. Everything returned is to be disposed of by the caller; `aux` is
 * detached, so a state in it starts the next window of truncated backpropagation as a constant.
 *
 * @throws {ShapeError} if the loss is not a scalar, or a leaf of `params` is not float32.
 */
export function valueAndGrad<P extends Tree, A extends Tree>(
  f: (params: P) => LossAnd<A>,
  params: P,
): { value: Scalar; grads: P; aux: A } {
  const wanted = tree.entries(params);
  for (const [path, leaf] of wanted) {
    if (leaf.dtype !== 'float32') throw new ShapeError(`valueAndGrad: ${path}: expected float32, got ${leaf.dtype}.`);
  }
  return tree.tidy(() => {
    let aux: A | undefined;
    const forward = (): Scalar => {
      const { loss, aux: returned } = f(params);
      if (loss.rank !== 0)
        throw new ShapeError(`valueAndGrad: loss: expected a scalar, got [${loss.shape.join(', ')}].`);
      aux = tree.keep(tree.clone(returned));
      return loss;
    };
    try {
      const { value, grads } = engine().gradients(
        forward,
        wanted.map(([, leaf]) => leaf),
        undefined as unknown as Tensor,
        true,
      );
      const byPath = wanted.map(
        ([path, leaf], i) => [path, (grads[i] as Tensor | null | undefined) ?? zerosLike(leaf)] as const,
      );
      return { value: value as Scalar, grads: tree.fromEntries(params, byPath), aux: tree.release(aux as A) };
    } catch (error) {
      if (aux !== undefined) tree.dispose(aux);
      disposeTape();
      throw error;
    }
  }) as { value: Scalar; grads: P; aux: A };
}

/**
 * What `f` returns, as a constant to any gradient that is being taken around it: its ops are not recorded. TensorFlow.js has no
 * `stopGradient`.
 */
export function withoutGradient<T>(f: () => T): T {
  const { state } = engine() as unknown as { state: { kernelDepth: number } };
  state.kernelDepth++;
  try {
    return f();
  } finally {
    state.kernelDepth--;
  }
}

/** Frees what the tape of a failed computation saved, which the engine would leak. */
function disposeTape(): void {
  const { state } = engine() as unknown as {
    state: { gradientDepth: number; activeTape: { saved?: Tensor[] }[] | null };
  };
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  state.activeTape = null;
}
