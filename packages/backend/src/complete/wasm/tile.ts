import { type TensorInfo, Tile, type TileAttrs, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import type { Values } from '../portable/transpose.ts';
import type { WasmBackend } from './heap.ts';

/**
 * `Tile` on wasm, and so every `broadcastTo` and the condition of a `where`, by copying the tiled part, doubling it
 * each time. tfjs computes the index of each number separately, about a hundred times slower than an addition.
 */
export function tileByRuns(): void {
  provideKernel<{ x: TensorInfo }, TileAttrs, WasmBackend>('wasm', Tile, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    if (x.dtype === 'string') return original(call);
    const shape = x.shape.map((size, axis) => size * (attrs.reps[axis] as number));
    const out = backend.makeOutput(shape, x.dtype);
    if (util.sizeFromShape(shape) === 0) return out;
    const values = backend.typedArrayFromHeap(x);
    tileAxes(values, backend.typedArrayFromHeap(out), axesOf(x.shape, attrs.reps), 0, 0, 0);
    return out;
  });
}

/** An axis: its size and repetitions, and how many elements lie within one of it before and after tiling. */
type Axis = { size: number; reps: number; from: number; to: number };

/** The axes down to the last that is repeated; inner axes are moved as blocks. */
function axesOf(shape: readonly number[], reps: readonly number[]): Axis[] {
  const count = reps.findLastIndex((times) => times !== 1) + 1;
  return shape.slice(0, count).map((size, axis) => {
    const from = util.sizeFromShape(shape.slice(axis + 1));
    return { size, reps: reps[axis] as number, from, to: from * util.sizeFromShape(reps.slice(axis + 1)) };
  });
}

function tileAxes(x: Values, out: Values, axes: readonly Axis[], depth: number, from: number, to: number): void {
  const axis = axes[depth];
  if (axis === undefined) {
    out.set(x);
    return;
  }
  const run = axis.size * axis.to;
  if (depth === axes.length - 1) {
    if (run === 1) {
      out.fill(x[from] as number, to, to + axis.reps);
      return;
    }
    out.set(x.subarray(from, from + run), to);
  } else {
    for (let i = 0; i < axis.size; i++) tileAxes(x, out, axes, depth + 1, from + i * axis.from, to + i * axis.to);
  }
  const end = to + run * axis.reps;
  for (let filled = to + run; filled < end; ) {
    const more = Math.min(filled - to, end - filled);
    out.copyWithin(filled, to, to + more);
    filled += more;
  }
}
