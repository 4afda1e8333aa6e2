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
  /** Numbers that are only known when the frame before is done. */
  readonly fed: number;
};

/** What of a frame its gradient needs: x [batch, fed + hidden], gates [batch, 4·width], c before and after [batch, width]. */
type Trace = Float32Array;

/** The attributes of a sequence; frames leave their traces there, where there is to be a gradient. */
export type FramesCall = { readonly sizes: FramesSizes; readonly traces: (Trace | undefined)[] };

/** The attributes of a frame. The packed kernels are kept by the sequence for as long as gradients are to be taken. */
export type FrameCall = FramesCall & {
  readonly t: number;
  readonly packed: TensorInfo;
  readonly packedTransposed: TensorInfo;
  readonly keeps: boolean;
};

/** Names in the registry of tfjs, which all copies of this package share; the number counts their forms. */
export const names = {
  frames: 'ElmanLstmFrames1',
  framesGradient: 'ElmanLstmFrames1Grad',
  frame: 'ElmanLstmFrame1',
  frameGradient: 'ElmanLstmFrame1Grad',
} as const;

type Named = { readonly [name: string]: TensorInfo };

/** Registers the kernels for wasm, and their gradients, unless some copy of this package has. */
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
    outputsToSave: [true, true],
    gradFunc: (dys, _, attrs) =>
      gradients(names.framesGradient, ['projected', 'kernel'], (dys as Tensor[]).slice(2), attrs),
  });
  registerGradient({
    kernelName: names.frame,
    gradFunc: (dys, _, attrs) => gradients(names.frameGradient, ['projected', 'fed', 'h', 'c'], dys as Tensor[], attrs),
  });
}

/** Runs the kernel of a gradient; `variables` are what it gives gradients by, in its order. */
function gradients(
  kernelName: string,
  variables: readonly string[],
  dys: readonly Tensor[],
  attrs: NamedAttrMap,
): { [name: string]: () => Tensor } {
  const inputs: NamedTensorMap = Object.fromEntries(dys.map((dy, i) => [`${i}`, dy]));
  const grads = engine().runKernel(kernelName, inputs, attrs) as unknown as Tensor[];
  return Object.fromEntries(variables.map((name, i) => [name, () => grads[i] as Tensor]));
}

const upToEight = (n: number): number => Math.ceil(n / 8) * 8;

/** The kernel packed in both ways, and what is projected, frame by frame. */
function startFrames(
  { simd, addressOf, make, scratch, view }: Heap,
  inputs: Named,
  { sizes }: FramesCall,
): TensorInfo[] {
  const { projected, kernel } = inputs as { [name in 'projected' | 'kernel']: TensorInfo };
  const { batch, time, hidden, width, fed } = sizes;
  const depth = fed + hidden;
  const rows = upToEight(depth);
  const [packed, transposed] = [make([depth, 4 * width]), make([4 * width, rows])];
  const frames = Array.from({ length: time }, () => make([batch, 4 * hidden]));
  const padded = scratch(rows * 4 * width);
  view(padded + 16 * depth * width, 4 * (rows - depth) * width).fill(0);
  simd.padGroups(4 * depth, addressOf(kernel), padded, hidden, width);
  simd.packKernel(0, 0, 4 * width, padded, addressOf(packed), depth, 4 * width);
  simd.packTransposedKernel(0, 0, rows, padded, addressOf(transposed), rows, 4 * width);
  for (const [t, frame] of frames.entries()) {
    simd.unpadGroups(batch, addressOf(projected) + 16 * t * hidden, addressOf(frame), 4 * hidden, 4 * time * hidden);
  }
  return [packed, transposed, ...frames];
}

/** The gradients by what was projected and by the kernel, of those by the frames. */
function finishFrames(
  { simd, addressOf, make, scratch, view }: Heap,
  dys: Named,
  { sizes, traces }: FramesCall,
): TensorInfo[] {
  const { batch, time, hidden, fed } = sizes;
  const depth = fed + hidden;
  const [projected, kernel] = [make([batch, time, 4 * hidden]), make([depth, 4 * hidden])];
  const [xSize, dzSize] = [batch * depth, 4 * batch * hidden];
  const room = simd.matMulScratch(depth, time * batch, 4 * hidden);
  const xs = scratch(time * (xSize + dzSize) + room);
  const dzs = xs + 4 * time * xSize;
  const after = dzs + 4 * time * dzSize;
  for (let t = 0; t < time; t++) {
    const trace = traces[t];
    const x = view(xs + 4 * t * xSize, xSize);
    if (trace === undefined) x.fill(0);
    else x.set(trace.subarray(0, xSize));
    view(dzs + 4 * t * dzSize, dzSize).set(view(addressOf(dys[t] as TensorInfo), dzSize));
  }
  const sizesOfProduct = [depth, time * batch, 4 * hidden, 1, 0, 0];
  simd.matMul(0, 0, depth, 0, xs, dzs, addressOf(kernel), ...sizesOfProduct, after, 4 * room);
  simd.swapAxes(dzs, addressOf(projected), time, batch, 4 * hidden);
  giveBack(traces.filter((trace) => trace !== undefined));
  traces.length = 0;
  return [projected, kernel];
}

/** Places of the parts of a trace, in numbers. */
function traceOf({ batch, hidden, width, fed }: FramesSizes): {
  [part in 'gates' | 'before' | 'after' | 'size']: number;
} {
  const gates = batch * (fed + hidden);
  const before = gates + 4 * batch * width;
  const after = before + batch * width;
  return { gates, before, after, size: after + batch * width };
}

function frameForward({ simd, addressOf, make, scratch, view }: Heap, inputs: Named, call: FrameCall): TensorInfo[] {
  const { sizes, t, packed, keeps, traces } = call;
  const { batch, hidden, width, fed } = sizes;
  const { gates, before, after, size } = traceOf(sizes);
  const made = [make([batch, hidden]), make([batch, hidden])];
  const at = scratch(size + batch * width);
  const given = ['projected', 'fed', 'h', 'c'].map((name) => addressOf(inputs[name] as TensorInfo));
  const parts = [at, at + 4 * gates, at + 4 * before, at + 4 * after];
  const results = [...made.map(addressOf), at + 4 * size];
  simd.forwardLstmFrame(batch, hidden, width, fed, ...given, addressOf(packed), ...parts, ...results);
  traces[t] = keeps ? copyOf(view(at, size)) : undefined;
  return made;
}

function frameBackward({ simd, addressOf, make, scratch, view }: Heap, dys: Named, call: FrameCall): TensorInfo[] {
  const { sizes, t, packedTransposed, traces } = call;
  const { batch, hidden, width, fed } = sizes;
  const { gates, before, after, size } = traceOf(sizes);
  const depth = upToEight(fed + hidden);
  const made = [make([batch, 4 * hidden]), make([batch, fed]), make([batch, hidden]), make([batch, hidden])];
  const at = scratch(size - gates + batch * (3 * width + depth));
  view(at, size - gates).set((traces[t] as Trace).subarray(gates));
  const parts = [at, at + 4 * (before - gates), at + 4 * (after - gates)];
  const given = ['0', '1'].map((i) => addressOf(dys[i] as TensorInfo));
  const results = [...made.map(addressOf), at + 4 * (size - gates)];
  const numbers = [batch, hidden, width, fed, depth];
  simd.backwardLstmFrame(...numbers, ...given, addressOf(packedTransposed), ...parts, ...results);
  return made;
}
