import type { TensorInfo } from '@tensorflow/tfjs-core';
import { commandOf, type NtmEngine, type NtmSizes, traceOf } from '../memory/ntm-engine.ts';
import { copyOf } from '../pool.ts';
import { type Storage, sizeOf } from '../storage.ts';
import type { Heap } from './heap.ts';
import type { Workspace } from './workspace.ts';

/** A Neural Turing machine's memory in WebAssembly SIMD, on the heap of tfjs: only the trace is copied. */
export function ntmOnHeap({ simd, addressOf, make, scratch, view }: Heap): NtmEngine {
  const addresses = (tensors: readonly TensorInfo[]): number[] => tensors.map(addressOf);
  return {
    name: 'simd',
    forward(sizes, { memory, weights, command }, keeps) {
      const [read, after, weightsAfter] = shapesAfter(sizes).map(make) as [TensorInfo, TensorInfo, TensorInfo];
      const length = sizes.batch * traceOf(sizes).size;
      const trace = scratch(length + simd.ntmRoom(sizes.slots, sizes.shifts));
      const tensors = addresses([memory, weights, command, read, after, weightsAfter]);
      simd.forwardNtm(0, 0, sizes.batch, ...numbersOf(sizes), ...tensors, trace, trace + 4 * length);
      return {
        results: { read, memory: after, weights: weightsAfter },
        trace: keeps ? copyOf(view(trace, length)) : undefined,
      };
    },
    backward(sizes, { memory, weights, command }, trace, grads) {
      const made = [memory, weights, command].map(({ shape }) => make(shape)) as [TensorInfo, TensorInfo, TensorInfo];
      const room = simd.ntmBackwardRoom(sizes.slots, sizes.reads + sizes.writes, sizes.shifts);
      const at = scratch(trace.length + room);
      view(at, trace.length).set(trace);
      const given = addresses([grads.read, grads.memory, grads.weights, ...made]);
      const where = [...addresses([memory, weights]), at, ...given, at + 4 * trace.length];
      simd.backwardNtm(0, 0, sizes.batch, ...numbersOf(sizes), ...where);
      return { memory: made[0], weights: made[1], command: made[2] };
    },
  };
}

/** The same on copies in the memory of the kernels, on all threads: for the cpu backend. */
export function ntmInArena({ simd, arena, team, name }: Workspace, { read, make }: Storage): NtmEngine {
  const copyIn = (tensor: TensorInfo, block: number): void => {
    arena.view(block, sizeOf(tensor.shape)).set(read(tensor));
  };
  const copyOut = (shape: number[], block: number): TensorInfo =>
    make(shape, (values) => values.set(arena.view(block, values.length)));
  return {
    name,
    forward(sizes, { memory, weights, command }, keeps) {
      const [ofRead, ofMemory, ofWeights] = shapesAfter(sizes) as [number[], number[], number[]];
      const length = sizes.batch * traceOf(sizes).size;
      const blocks = arena.layout({
        memory: sizeOf(ofMemory),
        weights: sizeOf(ofWeights),
        command: sizeOf(command.shape),
        read: sizeOf(ofRead),
        after: sizeOf(ofMemory),
        weightsAfter: sizeOf(ofWeights),
        trace: length,
        room: team.size * simd.ntmRoom(sizes.slots, sizes.shifts),
      });
      copyIn(memory, blocks.memory);
      copyIn(weights, blocks.weights);
      copyIn(command, blocks.command);
      team.run('forwardNtm', sizes.batch, 1, workOf(sizes), ...numbersOf(sizes), ...Object.values<number>(blocks));
      arena.check();
      return {
        results: {
          read: copyOut(ofRead, blocks.read),
          memory: copyOut(ofMemory, blocks.after),
          weights: copyOut(ofWeights, blocks.weightsAfter),
        },
        trace: keeps ? copyOf(arena.view(blocks.trace, length)) : undefined,
      };
    },
    backward(sizes, { memory, weights, command }, trace, grads) {
      const blocks = arena.layout({
        memory: sizeOf(memory.shape),
        weights: sizeOf(weights.shape),
        trace: trace.length,
        dRead: sizeOf(grads.read.shape),
        dAfter: sizeOf(memory.shape),
        dWeightsAfter: sizeOf(weights.shape),
        dMemory: sizeOf(memory.shape),
        dWeights: sizeOf(weights.shape),
        dCommand: sizeOf(command.shape),
        room: team.size * simd.ntmBackwardRoom(sizes.slots, sizes.reads + sizes.writes, sizes.shifts),
      });
      copyIn(memory, blocks.memory);
      copyIn(weights, blocks.weights);
      arena.view(blocks.trace, trace.length).set(trace);
      copyIn(grads.read, blocks.dRead);
      copyIn(grads.memory, blocks.dAfter);
      copyIn(grads.weights, blocks.dWeightsAfter);
      team.run('backwardNtm', sizes.batch, 1, 3 * workOf(sizes), ...numbersOf(sizes), ...Object.values<number>(blocks));
      arena.check();
      return {
        memory: copyOut(memory.shape, blocks.dMemory),
        weights: copyOut(weights.shape, blocks.dWeights),
        command: copyOut(command.shape, blocks.dCommand),
      };
    },
  };
}

/** Sizes in the order in which the modules take them. */
const numbersOf = ({ slots, width, reads, writes, shifts }: NtmSizes): number[] => [
  slots,
  width,
  reads,
  writes,
  shifts,
];

/** Shapes of read, memory and weights. */
const shapesAfter = ({ batch, slots, width, reads, writes }: NtmSizes): number[][] => [
  [batch, reads * width],
  [batch, slots, width],
  [batch, reads + writes, slots],
];

/** Approximate number of operations of an access. */
const workOf = (sizes: NtmSizes): number =>
  sizes.batch * (8 * (sizes.reads + sizes.writes) * sizes.slots * (sizes.width + 8) + 10 * commandOf(sizes).size);
