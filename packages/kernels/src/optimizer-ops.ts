import type { Scalar, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { AdamLeaf, AdamNumbers, AdamUpdate } from './optimizer-engine.ts';
import { runOverAll, type Workbench } from './optimizer-kernels.ts';

// Each is one op over any number of tensors, or undefined where the ops of the backend are as fast: see `runOverAll`.

/** √Σ x² over all tensors, summed in double precision. */
export function normOfAll(tensors: readonly Tensor[]): Scalar | undefined {
  const results = runOverAll('ElmanGlobalNorm1', tensors, {}, (workbench, all) => [
    workbench.scalar(normOf(workbench, all)),
  ]);
  return results?.[0] as Scalar | undefined;
}

/** All tensors times min(1, limit / √Σ x²); where the norm is not above the limit their data are shared, not copied. */
export function clipNormOfAll(tensors: readonly Tensor[], limit: number): Tensor[] | undefined {
  return runOverAll('ElmanClipByGlobalNorm1', tensors, { limit }, (workbench, all, attributes) => {
    const norm = normOf(workbench, all);
    if (norm <= attributes.limit) return all.map((x) => workbench.share(x));
    return all.map((x) => workbench.scale(x, attributes.limit / norm));
  });
}

/** x + factor·y of all pairs [x, y]. */
export function addScaledToAll(pairs: readonly (readonly [Tensor, Tensor])[], factor: number): Tensor[] | undefined {
  if (!pairs.every(areAlike)) return undefined;
  return runOverAll('ElmanAddScaled1', pairs.flat(), { factor }, (workbench, all, attributes) =>
    rowsOf(all, 2).map(([x, y]) => workbench.addScaled(x as TensorInfo, y as TensorInfo, attributes.factor)),
  );
}

/**
 * Adam on all parameters:
 *
 *   m' = β₁·m + g   v' = β₂·v + g²   update = rate·m' / (√v' + ε) − decay·parameter
 *
 * With `largest`, the larger of it and v' is in the place of v' and the next `largest`. Means below 1e-30 and mean squares below
 * 1e-37 become 0, since denormal numbers would slow everything down.
 */
export function adamOfAll(leaves: readonly AdamLeaf<Tensor>[], numbers: AdamNumbers): AdamUpdate<Tensor>[] | undefined {
  const rows = leaves.map(({ gradient, mean, meanSquare, parameter, largest }) =>
    [gradient, mean, meanSquare, parameter, largest].filter((tensor) => tensor !== undefined),
  );
  if (!rows.every(areAlike)) return undefined;
  const attributes = { numbers, decays: leaves.map(({ decay }) => decay) };
  const results = runOverAll('ElmanAdam1', rows.flat(), attributes, (workbench, all, { numbers, decays }) =>
    rowsOf(all, all.length / decays.length).flatMap((row, i) => {
      const [gradient, mean, meanSquare, parameter] = row as [TensorInfo, TensorInfo, TensorInfo, TensorInfo];
      const leaf = { gradient, mean, meanSquare, parameter, largest: row[4], decay: decays[i] as number };
      const next = workbench.adam(leaf, numbers);
      return [next.update, next.mean, next.meanSquare, next.largest].filter((tensor) => tensor !== undefined);
    }),
  );
  return (
    results &&
    rowsOf(results, results.length / leaves.length).map((row) => {
      const [update, mean, meanSquare, largest] = row as [Tensor, Tensor, Tensor, Tensor?];
      return { update, mean, meanSquare, largest };
    })
  );
}

function normOf({ sumOfSquares }: Workbench, tensors: readonly TensorInfo[]): number {
  return Math.sqrt(tensors.reduce((sum, x) => sum + sumOfSquares(x), 0));
}

/** Splits into rows of `width`. */
function rowsOf<T>(all: readonly T[], width: number): T[][] {
  return Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
}

/** Whether tensors are of one shape. */
function areAlike([first, ...others]: readonly Tensor[]): boolean {
  return others.every(
    ({ shape }) => shape.length === first?.shape.length && shape.every((n, i) => n === first.shape[i]),
  );
}
