import { ElmanError, expectFrames, expectShape, type Frame, type Sequence } from '@elman/core';
import { engine, type NamedAttrMap, type NamedTensorMap, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { type FrameCall, type FramesCall, type FramesSizes, names, register } from './lstm-frame-kernels.ts';
import { heapHere } from './simd/here.ts';
import { paddedWidth } from './simd/workspace.ts';

/** Inputs of an LSTM sequence in which part of every input is only known after the previous frame. */
export type LstmFrames = {
  /** [batch, time, 4·hidden]: the known part of the input times its part of the kernel, plus the bias; gates i, f, g, o. */
  readonly projected: Sequence;
  /** [fedSize + hidden, 4·hidden]: the remaining rows of the kernel, and the recurrent kernel below them. */
  readonly kernel: Tensor2D;
  /** An additional map of every h: h·kernel + bias, [hidden, n] and [n]. */
  readonly map?: { readonly kernel: Tensor2D; readonly bias: Tensor1D } | undefined;
};

/** Runs one frame at a time, each once. */
export type LstmFrameStep = (
  t: number,
  fed: Frame,
  h: Frame,
  c: Frame,
) => { readonly h: Frame; readonly c: Frame; readonly mapped: Frame | undefined };

/** Whether `lstmFrames` runs on the active backend: on wasm where there is SIMD. It does not change while one is active. */
export function hasLstmFrames(): boolean {
  return heapHere() !== undefined;
}

/**
 * The frames of an LSTM, one op each, prepared for one sequence.
 *
 *   i, f, g, o = split(projectedₜ + [fed, h]·kernel)
 *   c' = σ(f)·c + σ(i)·tanh(g)
 *   h' = σ(o)·tanh(c')                            mapped = h'·map.kernel + map.bias
 *
 * Kernels are packed once, and the gradient w.r.t. each is one product over all frames. Exact first-order gradients w.r.t. all inputs;
 * no second-order ones. Call all frames within one `tidy`, which frees the packed weights. Numbers below 1e-30 become 0 in states and
 * gradients.
 *
 * @throws {ShapeError} if shapes do not match, or there is no row or no frame.
 * @throws {ElmanError} if the backend has no such op (`hasLstmFrames`), or a frame is requested twice.
 */
export function lstmFrames({ projected, kernel, map }: LstmFrames): LstmFrameStep {
  const where = 'lstmFrames';
  const { backendName } = engine();
  if (!hasLstmFrames()) throw new ElmanError(`${where}: expected wasm with SIMD, got ${backendName}; call the step.`);
  const [batch, time, columns] = projected.shape;
  expectFrames(where, 'projected', projected);
  const hidden = columns / 4;
  const depth = kernel.shape[0];
  expectShape(where, 'kernel', kernel, { depth: undefined, gates: 4 * hidden });
  const mapped = map?.bias.shape[0] ?? 0;
  if (map !== undefined) expectShape(where, 'map', map.kernel, { hidden, columns: mapped });
  register();
  const sizes: FramesSizes = { batch, time, hidden, width: paddedWidth(hidden), fed: depth - hidden, mapped };
  const call: FramesCall = { sizes, traces: new Array(time) };
  const inputs: NamedTensorMap = { projected, kernel, ...(map && { map: map.kernel, bias: map.bias }) };
  const all = engine().runKernel(names.frames, inputs, call as unknown as NamedAttrMap) as unknown as Frame[];
  const [packed, ...frames] = all as [Frame, ...Frame[]];
  const keeps = engine().state.gradientDepth > 0;
  return (t, fed, h, c) => {
    expectShape(where, 'fed', fed, { batch, fedSize: depth - hidden });
    expectShape(where, 'h', h, { batch, hidden });
    expectShape(where, 'c', c, { batch, hidden });
    if (t in call.traces) throw new ElmanError(`${where}: expected each frame once, got frame ${t} again.`);
    const frameCall: FrameCall = { sizes, traces: call.traces, t, packed, keeps };
    const frame: NamedTensorMap = { projected: frames[t] as Frame, fed, h, c };
    const next = engine().runKernel(names.frame, frame, frameCall as unknown as NamedAttrMap);
    const [nextH, nextC, mappedH] = next as unknown as [Frame, Frame, Frame?];
    return { h: nextH, c: nextC, mapped: mappedH };
  };
}
