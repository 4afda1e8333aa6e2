import {
  type BatchSource,
  breather,
  DataError,
  expectAwaited,
  expectMethods,
  OptionError,
  type Tree,
  tree,
  withParamsOf,
} from '@elman/core';
import type { DenseParams } from '@elman/nn';
import { dispose, type TensorContainer, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { countedRows } from './counted-rows.ts';
import { type LeastSquares, leastSquares } from './least-squares.ts';
import type { Readout, ReadoutModel } from './readout.ts';

const name = 'solveReadout';

/** Arguments of `solveReadout`. */
export interface SolveReadoutOptions<P extends { readonly output: DenseParams } & Tree, S extends Tree, B> {
  readonly model: ReadoutModel<P, S, B>;
  /** Borrowed. */
  readonly params: P;
  /** One epoch of them, in their order. */
  readonly batches: BatchSource<B>;
  /** The weight of the squares of the kernel, from 0; default 1e-6. */
  readonly ridge?: number | undefined;
  /** The frames at the start of each sequence that are left out, as they depend on the initial state; default 0. */
  readonly washout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Solves the output layer of a model by ridge regression, in one pass and without gradients: that of an echo state network, say, whose
 * other weights stay as they were drawn.
 *
 *   kernel, bias = argmin Σ |x·kernel + bias − target|² + ridge·|kernel|²
 *
 * over all x that the layer reads and whose target counts. The bias is not penalised. Sums and Cholesky decomposition are in float64:
 * about size²/2 products for each x, and size³/6 at the end.
 *
 * @returns fresh parameters: copies of those given, and the solved `output`.
 * @throws {OptionError} if the model has no such layer or has other targets, if an option is out of its range, or if with this ridge
 * the equations have no unique solution in float64.
 * @throws {DataError} if a number is not finite, or no target counts. The reason of `signal` if it is aborted.
 * @see Hoerl & Kennard 1970; Lukoševičius 2012, "A practical guide to applying echo state networks"
 */
export async function solveReadout<P extends { readonly output: DenseParams } & Tree, S extends Tree, B>(
  options: SolveReadoutOptions<P, S, B>,
): Promise<P> {
  const { model, params, batches, ridge = 1e-6, washout = 0, signal } = options;
  expectOptions(options);
  const breathe = breather();
  let equations: LeastSquares | undefined;
  let [rows, seen] = [0, 0];
  let state: S | undefined;
  try {
    for (let index = 0; index < batches.batchesPerEpoch; index++) {
      signal?.throwIfAborted();
      const batch = batches.batch(0, index);
      if (state === undefined || (model.startsFresh?.(batch) ?? true)) {
        tree.dispose(state ?? []);
        state = model.initialState(model.batchSize(batch));
        seen = 0;
      }
      const { now, carry, found } = layerSide(options, batch, state);
      tree.dispose(state);
      state = now;
      const where = `${name}: batch ${index}`;
      const counted = await countedRows(where, found, washout - seen);
      seen += carry;
      equations ??= leastSquares(counted.size, counted.outputSize);
      for (let at = 0; at < counted.rows.length; at += 64) {
        equations.add(counted.inputs, counted.targets, counted.rows.slice(at, at + 64));
        await breathe();
      }
      rows += counted.rows.length;
    }
  } finally {
    tree.dispose(state ?? []);
  }
  if (equations === undefined || rows === 0) {
    throw new DataError(`${name}: batches: no target counts; give more data, another mask or less washout.`);
  }
  const solved = equations.solve(ridge);
  if (solved === undefined) {
    throw new OptionError(
      `${name}: ridge: with ${ridge} the matrix of ${rows} rows is not positive definite; raise ridge, or give more data.`,
    );
  }
  const { kernel, bias } = solved;
  const output: DenseParams = {
    kernel: tensor2d(Float32Array.from(kernel), [kernel.length / bias.length, bias.length]),
    bias: tensor1d(Float32Array.from(bias)),
  };
  const { output: _, ...others } = params;
  return { ...tree.clone(others as Tree), output } as unknown as P;
}

function expectOptions<P extends { readonly output: DenseParams } & Tree, S extends Tree, B>({
  model,
  params,
  batches,
  ridge = 1e-6,
  washout = 0,
}: SolveReadoutOptions<P, S, B>): void {
  const models = 'a model with numbers as targets: a regressor, a framePredictor or a taskModel';
  expectMethods(`${name}: model`, model, ['readout', 'initialState', 'batchSize'], models);
  const sources = 'a source of batches, such as padded(sequences, { batchSize })';
  expectMethods(`${name}: batches`, batches, ['batch'], sources);
  expectAwaited(`${name}: params`, params);
  const { batchesPerEpoch } = batches;
  if (!Number.isSafeInteger(batchesPerEpoch)) {
    throw new OptionError(
      `${name}: batches: they have no end (batchesPerEpoch ${batchesPerEpoch}); give a part of them.`,
    );
  }
  if (!(ridge >= 0 && Number.isFinite(ridge))) {
    throw new OptionError(`${name}: ridge: expected a number from 0, got ${ridge}.`);
  }
  if (!(washout >= 0 && Number.isSafeInteger(washout))) {
    throw new OptionError(`${name}: washout: expected a whole number of frames from 0, got ${washout}.`);
  }
}

/** What the output layer reads in a batch, which is disposed of, and the state after it. */
function layerSide<P extends { readonly output: DenseParams } & Tree, S extends Tree, B>(
  { model, params }: SolveReadoutOptions<P, S, B>,
  batch: B,
  before: S,
): { readonly now: S; readonly carry: number; readonly found: Omit<Readout<S>, 'state'> } {
  try {
    let carry = 0;
    const kept = tree.tidy(() => {
      const { inputs, targets, mask, state, ...rest } = withParamsOf(name, model, params, () =>
        model.readout(params, batch, before),
      );
      carry = rest.carry ?? (inputs.rank === 3 ? (inputs.shape[1] as number) : 0);
      return tree.clone({ found: { inputs, targets, ...(mask && { mask }) }, now: state });
    });
    return { ...kept, carry };
  } finally {
    dispose(batch as TensorContainer);
  }
}
