import { type Cell, OptionError, type ScanOptions, type Sequence, type Steps, type Tree } from '@elman/core';
import { compiledScan, hasValuesHere } from '@elman/kernels';
import { reshape, type Tensor2D } from '@tensorflow/tfjs-core';
import { scanFrames } from './scan-frames.ts';

/** Whether a cell's `scan` takes projected inputs. */
export function takesProjected<P extends Tree, S extends Tree, C>(cell: Cell<P, S, C>): boolean {
  return cell.project !== undefined && cell.scan !== undefined;
}

/**
 * A cell over checked inputs: by its compiled step where there is one (on cpu and wasm), else by its `scan` if it has one, else by its
 * `step`. A combinator calls it on its parts: shapes have been checked and padding blanked by `unroll` before.
 */
export function run<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  state: S,
  inputs: Sequence,
  options: ScanOptions<C> & { readonly projected?: boolean },
): Steps<S> {
  const { context, mask, reverse, rng, projected = false } = options;
  if (projected && !takesProjected(cell)) {
    throw new OptionError(
      `${cell.name}: projected: expected a cell with project and scan; give inputs that are not projected.`,
    );
  }
  // On a GPU a scan is faster: it is written for many frames at a time, or by hand.
  const isCompiled = !projected && (cell.scan === undefined || hasValuesHere());
  const compiled = isCompiled ? compiledScan(cell, params, state, inputs, { context, mask, reverse, rng }) : undefined;
  if (compiled !== undefined) return compiled;
  if (cell.scan !== undefined) {
    const ready = projected ? inputs : projectSequence(cell, params, inputs);
    return cell.scan(params, state, ready, { context, mask, reverse, rng });
  }
  const frame = (s: S, x: Parameters<typeof cell.step>[2], t: number): ReturnType<typeof cell.step> =>
    cell.step(params, s, x, context, rng?.frame(t));
  return scanFrames(frame, state, inputs, { mask, reverse });
}

/** The rows of a table, [rows, inputSize], through `cell.project`. */
export function projectTable<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  table: Tensor2D,
): Tensor2D {
  return cell.project?.(params, table) ?? table;
}

/** [batch, time, inputSize] through `cell.project`, as one product over all frames; unchanged if there is none. */
export function projectSequence<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  inputs: Sequence,
): Sequence {
  if (cell.project === undefined) return inputs;
  const [batch, time, size] = inputs.shape;
  const projected = cell.project(params, reshape(inputs, [batch * time, size]));
  return reshape(projected, [batch, time, projected.shape[1]]);
}
