import type { Frame, MemorySession } from '@elman/core';
import { valuesHere } from '@elman/kernels';
import {
  customGrad,
  engine,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { hyperplaneIndex } from './hyperplane-index.ts';
import { linearSearch, SlotVectors } from './nearest.ts';
import type { SparseAccessMemoryState, SparseIndex, SparseSizes } from './options.ts';
import { SparseRow, type SparseWeights, type Trace } from './row.ts';
import { SparseRowGradient } from './row-gradient.ts';
import { UsageOrder } from './usage-order.ts';

/** A row with the records of its accesses, in order, each with its step. */
type RecordedRow = {
  readonly row: SparseRow;
  /** The previous read weights, [reads·slots]. */
  readonly readBefore: Float32Array;
  readonly traces: { readonly step: number; readonly trace: Trace }[];
  /** Created at the first backward step. */
  gradient?: SparseRowGradient;
  /** Gradient of the weights after the last access. */
  byLastWeights?: Float32Array;
};

/** Whether a session is possible: tensors can be read synchronously, and no second-order gradient is taken. */
export function hasSession(): boolean {
  const { backendName, state } = engine();
  return (backendName === 'cpu' || backendName === 'wasm') && state.gradientDepth < 2;
}

/**
 * The memory for one sequence, on the host: copied once, changed in place. Each access is one op, whose input is also the previous
 * read, so that the gradients of accesses are taken in reverse order.
 */
export function openSession(
  state: SparseAccessMemoryState,
  sizes: SparseSizes,
  index: SparseIndex,
  interfaceSize: number,
): MemorySession<SparseAccessMemoryState> {
  const [batch] = state.memory.shape;
  const { slots, width, reads } = sizes;
  const rows = rowsOf(state, sizes, index);
  const readSize = reads * width;
  const recorded = engine().state.gradientDepth > 0;
  let steps = 0;
  let chain: Tensor | undefined = recorded ? start(state) : undefined;

  /** Rewinds to right after a step, past accesses without influence. */
  const rollBack = (step: number): void => {
    for (const each of rows) {
      while ((each.traces.at(-1)?.step ?? -1) > step) gradientOf(each).takeBack(each.traces.pop()?.trace as Trace);
    }
  };

  function start({ memory, readWeights }: SparseAccessMemoryState): Tensor {
    return customGrad((..._: unknown[]) => ({
      value: zeros([1]),
      gradFunc: () => {
        rollBack(-1);
        const byMemory = new Float32Array(memory.size);
        const byWeights = new Float32Array(readWeights.size);
        rows.forEach((each, b) => {
          const gradient = gradientOf(each);
          byMemory.set(gradient.slope, b * slots * width);
          byWeights.set(gradient.byFirstWeights(each.byLastWeights), b * reads * slots);
        });
        return [tensor(byMemory, memory.shape), tensor(byWeights, readWeights.shape)];
      },
    }))(memory, readWeights);
  }

  return {
    access(command, real) {
      const step = steps++;
      const held = real && Float32Array.from(valuesHere(real));
      const run = (given: Tensor): Frame => {
        const commands = valuesHere(given).slice();
        const read = new Float32Array(batch * readSize);
        rows.forEach(({ row, traces }, b) => {
          if (held?.[b] === 0) return;
          const ofRow = commands.subarray(b * interfaceSize, (b + 1) * interfaceSize);
          const trace = row.access(ofRow, read.subarray(b * readSize, (b + 1) * readSize), recorded);
          if (recorded) traces.push({ step, trace });
        });
        return tensor2d(read, [batch, readSize]);
      };
      if (chain === undefined) return run(command);
      const { shape } = chain;
      const op = customGrad((...given) => ({
        value: run(given[0] as Tensor),
        gradFunc: (by: Tensor) => {
          const byRead = valuesHere(by);
          const byCommand = new Float32Array(batch * interfaceSize);
          rollBack(step);
          rows.forEach((each, b) => {
            if (each.traces.at(-1)?.step !== step) return;
            const { trace } = each.traces.pop() as { trace: Trace };
            gradientOf(each).back(
              trace,
              byRead.subarray(b * readSize, (b + 1) * readSize),
              byCommand.subarray(b * interfaceSize, (b + 1) * interfaceSize),
              each.traces.length === 0,
            );
          });
          return [tensor2d(byCommand, [batch, interfaceSize]), zeros(shape)];
        },
      }));
      const read = op(command, chain) as Frame;
      chain = read;
      return read;
    },
    close() {
      const memory = new Float32Array(batch * slots * width);
      const readWeights = new Float32Array(batch * reads * slots);
      const lastAccess = new Int32Array(batch * slots);
      rows.forEach(({ row, readBefore }, b) => {
        memory.set(row.vectors.values, b * slots * width);
        lastAccess.set(row.order.lastAccess, b * slots);
        const weights = readWeights.subarray(b * reads * slots, (b + 1) * reads * slots);
        if (row.last === undefined) weights.set(readBefore);
        else spread(row.last, weights, sizes);
      });
      /** A tensor of these numbers whose gradient is passed to each row. */
      const made = (
        values: Float32Array,
        size: number[],
        tell: (row: RecordedRow, by: Float32Array) => void,
      ): Tensor => {
        if (chain === undefined) return tensor(values, size);
        const { shape } = chain;
        return customGrad((..._: unknown[]) => ({
          value: tensor(values, size),
          gradFunc: (by: Tensor) => {
            const slopes = valuesHere(by);
            const ofRow = slopes.length / batch;
            rows.forEach((each, b) => {
              tell(each, slopes.slice(b * ofRow, (b + 1) * ofRow));
            });
            return zeros(shape);
          },
        }))(chain);
      };
      return {
        memory: made(memory, [batch, slots, width], (each, by) => {
          gradientOf(each).slope.set(by);
        }) as Tensor3D,
        readWeights: made(readWeights, [batch, reads, slots], (each, by) => {
          const last = each.traces.at(-1);
          if (last === undefined) each.byLastWeights = by;
          else gradientOf(each).addByWeights(by, last.trace);
        }) as Tensor3D,
        lastAccess: tensor2d(lastAccess, [batch, slots], 'int32') as Tensor2D,
      };
    },
  };
}

function gradientOf(each: RecordedRow): SparseRowGradient {
  each.gradient ??= new SparseRowGradient(each.row.sizes, each.row.vectors);
  return each.gradient;
}

/** The rows of a batch, each with its own copy of the memory. */
function rowsOf(state: SparseAccessMemoryState, sizes: SparseSizes, index: SparseIndex): RecordedRow[] {
  const { slots, width, reads } = sizes;
  const memory = valuesHere(state.memory).slice();
  const weights = valuesHere(state.readWeights).slice();
  const times = Int32Array.from(valuesHere(state.lastAccess as Tensor));
  return Array.from({ length: state.memory.shape[0] }, (_, b) => {
    const vectors = new SlotVectors(memory.subarray(b * slots * width, (b + 1) * slots * width), width);
    const order = new UsageOrder(times.subarray(b * slots, (b + 1) * slots));
    const nearest = index === 'lsh' ? hyperplaneIndex(vectors, order) : linearSearch(vectors);
    const readBefore = weights.subarray(b * reads * slots, (b + 1) * reads * slots);
    return { row: new SparseRow(sizes, vectors, order, nearest, readBefore), readBefore, traces: [] };
  });
}

/** Weights as [reads·slots]. */
function spread({ slots: found, weights }: SparseWeights, target: Float32Array, { slots, nearest }: SparseSizes): void {
  found.forEach((slot, j) => {
    target[Math.floor(j / nearest) * slots + slot] = weights[j] as number;
  });
}
