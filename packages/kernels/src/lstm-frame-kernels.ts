import {
  engine,
  type GradFunc,
  getGradient,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { noSecondGradient } from './device-kernels.ts';
import { copyOf, giveBack } from './pool.ts';
import { type Heap, heapOf } from './simd/heap.ts';

/** Sizes of a sequence; `width` is what gates are padded to. */
export type FramesSizes = {
  readonly batch: number;
  readonly time: number;
  readonly hidden: number;
  readonly width: number;
  /** Size of the input that is only known after the previous frame. */
  readonly fed: number;
  /** Columns of the map of h, 0 where there is none. */
  readonly mapped: number;
};

/** What the gradients of a frame need, and what they leave for that of the sequence: see `traceOf`. */
type Trace = Float32Array;

/** The attributes of a sequence; frames leave their traces there if a gradient is needed. */
export type FramesCall = { readonly sizes: FramesSizes; readonly traces: (Trace | undefined)[] };

/** The attributes of a frame. The sequence keeps the packed weights as long as gradients may be taken. */
export type FrameCall = FramesCall & {
  readonly t: number;
  readonly packed: TensorInfo;
  readonly keeps: boolean;
};

/** Kernel names in tfjs's registry, which all copies of this package share; the number is their version. */
export const names = {
  frames: 'ElmanLstmFrames1',
  framesGradient: 'ElmanLstmFrames1Grad',
  frame: 'ElmanLstmFrame1',
  frameGradient: 'ElmanLstmFrame1Grad',
} as const;

type Named = { readonly [name: string]: TensorInfo };

/** Registers the kernels for wasm, and their gradients, unless another copy of this package has. */
export function register(): void {
  if (getKernel(names.frames, 'wasm') !== undefined) return;
  const add = <Call>(kernelName: string, compute: (heap: Heap, inputs: Named, call: Call) => TensorInfo[]): void =>
    registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, backend, attrs }) =>
        compute(heapOf(backend) as Heap, inputs as Named, attrs as unknown as Call),
    });
  add(names.frames, startFrames);
  add(names.framesGradient, finishFrames);
  add(names.frame, frameForward);
  add(names.frameGradient, frameBackward);
  if (getGradient(names.frames) !== undefined) return;
  const none: GradFunc = () => {
    throw noSecondGradient('lstmFrames');
  };
  registerGradient({ kernelName: names.framesGradient, gradFunc: none });
  registerGradient({ kernelName: names.frameGradient, gradFunc: none });
  registerGradient({
    kernelName: names.frames,
    outputsToSave: [true],
    gradFunc: (dys, _, attrs) =>
      gradients(names.framesGradient, ['projected', 'kernel', 'map', 'bias'], (dys as Tensor[]).slice(1), attrs),
  });
  registerGradient({
    kernelName: names.frame,
    gradFunc: (dys, _, attrs) => gradients(names.frameGradient, ['projected', 'fed', 'h', 'c'], dys as Tensor[], attrs),
  });
}

/** Runs the kernel of a gradient; `variables` are those of its gradients, in its order. */
function gradients(
  kernelName: string,
  variables: readonly string[],
  dys: readonly Tensor[],
  attrs: NamedAttrMap,
): { [name: string]: () => Tensor } {
  const inputs: NamedTensorMap = Object.fromEntries(dys.map((dy, i) => [`${i}`, dy]));
  const grads = engine().runKernel(kernelName, inputs, attrs) as unknown as Tensor[];
  return Object.fromEntries(grads.map((grad, i) => [variables[i], () => grad]));
}

const upToEight = (n: number): number => Math.ceil(n / 8) * 8;

/** Offsets of the packed weights, in floats: kernel and map, each plain and transposed, and the bias of the map. */
function packedOf({ hidden, width, fed, mapped }: FramesSizes): {
  readonly [part in 'transposed' | 'map' | 'mapTransposed' | 'bias' | 'size' | 'rows' | 'columns']: number;
} {
  const depth = fed + hidden;
  const rows = upToEight(depth);
  const columns = upToEight(mapped);
  const transposed = depth * 4 * width;
  const map = transposed + 4 * width * rows;
  const mapTransposed = map + hidden * columns;
  const bias = mapTransposed + columns * width;
  return { transposed, map, mapTransposed, bias, size: bias + columns, rows, columns };
}

/** The packed weights and the projected inputs, frame by frame. */
function startFrames({ simd, addressOf, make, scratch }: Heap, inputs: Named, { sizes }: FramesCall): TensorInfo[] {
  const { projected, kernel, map, bias } = inputs as { [name in 'projected' | 'kernel' | 'map' | 'bias']: TensorInfo };
  const { batch, time, hidden, width, fed, mapped } = sizes;
  const depth = fed + hidden;
  const places = packedOf(sizes);
  const { rows, columns } = places;
  const packed = make([places.size]);
  const frames = Array.from({ length: time }, () => make([batch, 4 * hidden]));
  const start = addressOf(packed);
  const padded = scratch(Math.max(depth * 4 * width, hidden * columns));
  simd.padGroups(4 * depth, addressOf(kernel), padded, hidden, width);
  simd.packKernel(0, 0, 4 * width, padded, 16 * width, start, depth, 4 * width);
  simd.packTransposedKernel(0, 0, rows, padded, 16 * width, start + 4 * places.transposed, depth, 4 * width);
  if (mapped > 0) {
    simd.padGroups(hidden, addressOf(map), padded, mapped, columns);
    simd.packKernel(0, 0, columns, padded, 4 * columns, start + 4 * places.map, hidden, columns);
    simd.packTransposedKernel(0, 0, width, padded, 4 * columns, start + 4 * places.mapTransposed, hidden, columns);
    simd.padGroups(1, addressOf(bias), start + 4 * places.bias, mapped, columns);
  }
  for (const [t, frame] of frames.entries()) {
    simd.unpadGroups(batch, addressOf(projected) + 16 * t * hidden, addressOf(frame), 4 * hidden, 4 * time * hidden);
  }
  return [packed, ...frames];
}

/** The gradients w.r.t. the projected inputs, the kernel and the map, from those w.r.t. the frames. */
function finishFrames(heap: Heap, dys: Named, { sizes, traces }: FramesCall): TensorInfo[] {
  const { simd, addressOf, make, scratch, view } = heap;
  const { batch, time, hidden, fed, mapped } = sizes;
  const rows = time * batch;
  const parts = traceOf(sizes);
  const [projected, kernel] = [make([batch, time, 4 * hidden]), make([fed + hidden, 4 * hidden])];
  const maps = mapped > 0 ? [make([hidden, mapped]), make([mapped])] : [];
  const room = Math.max(simd.matMulScratch(fed + hidden, rows, 4 * hidden), simd.matMulScratch(hidden, rows, mapped));
  const xs = scratch(rows * (fed + 6 * hidden + mapped) + room);
  const hs = xs + 4 * rows * (fed + hidden);
  const dzs = hs + 4 * rows * hidden;
  const dMaps = dzs + 16 * rows * hidden;
  const after = dMaps + 4 * rows * mapped;
  /** One part of all traces, frame after frame; zeros where a trace lacks it. */
  const collect = (to: number, from: number, size: number): void => {
    for (let t = 0; t < time; t++) {
      const target = view(to + 4 * t * size, size);
      const trace = traces[t];
      if (trace === undefined) target.fill(0);
      else target.set(trace.subarray(from, from + size));
    }
  };
  const product = (a: number, b: number, to: TensorInfo, height: number, columns: number): void =>
    simd.matMul(0, 0, height, 0, a, b, addressOf(to), height, rows, columns, 1, 0, 0, after, 4 * room);
  collect(xs, 0, batch * (fed + hidden));
  const frame = 4 * batch * hidden;
  for (let t = 0; t < time; t++) view(dzs + 4 * t * frame, frame).set(view(addressOf(dys[t] as TensorInfo), frame));
  product(xs, dzs, kernel, fed + hidden, 4 * hidden);
  simd.swapAxes(0, 0, batch, dzs, 16 * hidden, addressOf(projected), 16 * hidden, time, batch, 4 * hidden);
  if (mapped > 0) {
    collect(hs, parts.h, batch * hidden);
    collect(dMaps, parts.dMapped, batch * mapped);
    const [map, bias] = maps as [TensorInfo, TensorInfo];
    product(hs, dMaps, map, hidden, mapped);
    simd.columnSums(0, 0, mapped, rows, 4 * mapped, dMaps, addressOf(bias));
  }
  giveBack(traces.filter((trace) => trace !== undefined));
  traces.length = 0;
  return [projected, kernel, ...maps];
}

/**
 * Offsets of the parts of a trace, in floats: x [batch, fed + hidden]; h [batch, hidden]; the gradient w.r.t. the mapped h, zeros
 * until it is known; gates [batch, 4·width]; c before and after [batch, width].
 */
function traceOf({ batch, hidden, width, fed, mapped }: FramesSizes): {
  readonly [part in 'h' | 'dMapped' | 'gates' | 'before' | 'after' | 'size']: number;
} {
  const h = batch * (fed + hidden);
  const dMapped = h + batch * hidden;
  const gates = dMapped + batch * mapped;
  const before = gates + 4 * batch * width;
  const after = before + batch * width;
  return { h, dMapped, gates, before, after, size: after + batch * width };
}

function frameForward({ simd, addressOf, make, scratch, view }: Heap, inputs: Named, call: FrameCall): TensorInfo[] {
  const { sizes, t, packed, keeps, traces } = call;
  const { batch, hidden, width, fed, mapped } = sizes;
  const { h, dMapped, gates, before, after, size } = traceOf(sizes);
  const { map, bias, columns } = packedOf(sizes);
  const made = [hidden, hidden, ...(mapped > 0 ? [mapped] : [])].map((n) => make([batch, n]));
  const [nextH, nextC, mappedH = 0] = made.map(addressOf) as [number, number, number?];
  const at = scratch(size + batch * (width + columns));
  const given = ['projected', 'fed', 'h', 'c'].map((name) => addressOf(inputs[name] as TensorInfo));
  const weights = addressOf(packed);
  const parts = [at, at + 4 * gates, at + 4 * before, at + 4 * after, nextH, nextC, at + 4 * size];
  const mapping = [mapped, columns, weights + 4 * map, weights + 4 * bias, mappedH];
  simd.forwardLstmFrame(batch, hidden, width, fed, ...given, weights, ...parts, ...mapping);
  if (keeps) {
    view(at + 4 * h, batch * hidden).set(view(nextH, batch * hidden));
    view(at + 4 * dMapped, batch * mapped).fill(0);
  }
  traces[t] = keeps ? copyOf(view(at, size)) : undefined;
  return made;
}

function frameBackward({ simd, addressOf, make, scratch, view }: Heap, dys: Named, call: FrameCall): TensorInfo[] {
  const { sizes, t, packed, traces } = call;
  const { batch, hidden, width, fed, mapped } = sizes;
  const { dMapped, gates, before, after, size } = traceOf(sizes);
  const { transposed, mapTransposed, rows, columns } = packedOf(sizes);
  const made = [4 * hidden, fed, hidden, hidden].map((n) => make([batch, n]));
  const at = scratch(size - gates + batch * (3 * width + rows + columns));
  const trace = traces[t] as Trace;
  view(at, size - gates).set(trace.subarray(gates));
  const [byH, byC, byMapped = 0] = Object.values(dys).map(addressOf) as [number, number, number?];
  if (mapped > 0) trace.set(view(byMapped, batch * mapped), dMapped);
  const weights = addressOf(packed);
  const parts = [at, at + 4 * (before - gates), at + 4 * (after - gates)];
  const results = [...made.map(addressOf), at + 4 * (size - gates)];
  const numbers = [batch, hidden, width, fed, rows, byH, byC, weights + 4 * transposed];
  simd.backwardLstmFrame(...numbers, ...parts, ...results, mapped, columns, weights + 4 * mapTransposed, byMapped);
  return made;
}
