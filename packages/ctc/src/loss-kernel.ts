import { ElmanError, type Sequence } from '@elman/core';
import { valuesHere } from '@elman/kernels';
import {
  engine,
  getGradient,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type Tensor1D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { negativeLogLikelihood } from './forward-backward.ts';

/** In the registry of tfjs, which all copies of this package share. The number counts the forms of inputs and attributes. */
const NAME = 'ElmanCtcLoss1';
const GRADIENT = `${NAME}Grad`;

/** The attributes of a call. `gradient` is computed by forward for backward: not a tensor, so that nothing is copied. */
type Call = {
  readonly frames: readonly Int32Array[];
  readonly labels: readonly Int32Array[];
  readonly blank: number;
  readonly zeroInfinity: boolean;
  readonly logits: Tensor;
  readonly wantsGradient: boolean;
  gradient?: Float32Array;
};

/** Whether JavaScript can read the tensors of the active backend synchronously: cpu and wasm. */
export function hasNumbersHere(): boolean {
  return ['cpu', 'wasm'].includes(engine().backendName);
}

/** The losses of rows, [batch], as one op with its gradient, on the backends that `hasNumbersHere`. */
export function lossByKernel(
  logits: Sequence,
  call: Pick<Call, 'frames' | 'labels' | 'blank' | 'zeroInfinity'>,
): Tensor1D {
  register(engine().backendName);
  const attributes: Call = { ...call, logits, wantsGradient: engine().state.gradientDepth > 0 };
  return engine().runKernel(NAME, { logits }, attributes as unknown as NamedAttrMap) as Tensor1D;
}

function forward(logits: Tensor, call: Call): Float32Array {
  const { frames, labels, blank, zeroInfinity } = call;
  const [batch, time, classes] = logits.shape as [number, number, number];
  const values = valuesHere(logits);
  const gradient = call.wantsGradient ? new Float32Array(values.length) : undefined;
  const losses = new Float32Array(batch);
  for (let row = 0; row < batch; row++) {
    const start = row * time * classes;
    const [real, wanted] = [frames[row] as Int32Array, labels[row] as Int32Array];
    const loss = negativeLogLikelihood(
      { logits: values, start, classes, frames: real, labels: wanted, blank },
      gradient,
    );
    const isZero = zeroInfinity && loss === Number.POSITIVE_INFINITY;
    if (isZero) gradient?.fill(0, start, start + time * classes);
    losses[row] = isZero ? 0 : loss;
  }
  if (gradient !== undefined) call.gradient = gradient;
  return losses;
}

/** The gradient of each row by its logits, times that by its loss; 0 if the latter is, even if the former is NaN. */
function backward(dy: Tensor, call: Call): Float32Array {
  if (call.gradient === undefined) throw new ElmanError('ctcLoss: expected one gradient of a loss, got a second one.');
  const scaled = call.gradient.slice();
  const weights = valuesHere(dy);
  const size = scaled.length / weights.length;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row] as number;
    if (weight === 1) continue;
    if (weight === 0) scaled.fill(0, row * size, (row + 1) * size);
    else for (let i = row * size; i < (row + 1) * size; i++) scaled[i] = (scaled[i] as number) * weight;
  }
  return scaled;
}

/** Registers the op of a backend, and its gradient, unless another copy of this package has. */
function register(backendName: string): void {
  if (getKernel(NAME, backendName) === undefined) {
    const forwardKernel: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) => {
      const { logits } = inputs as NamedTensorInfoMap & { logits: Tensor };
      return make(backend, logits.shape.slice(0, 1), forward(logits, attrs as unknown as Call));
    };
    const backwardKernel: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) => {
      const { logits, dy } = inputs as NamedTensorInfoMap & { logits: Tensor; dy: Tensor };
      return make(backend, logits.shape, backward(dy, attrs as unknown as Call));
    };
    registerKernel({ kernelName: NAME, backendName, kernelFunc: forwardKernel });
    registerKernel({ kernelName: GRADIENT, backendName, kernelFunc: backwardKernel });
  }
  if (getGradient(NAME) !== undefined) return;
  registerGradient({
    kernelName: NAME,
    gradFunc(dy, _saved, attrs) {
      const { logits } = attrs as unknown as Call;
      return { logits: () => engine().runKernel(GRADIENT, { logits, dy: dy as Tensor }, attrs) as Tensor };
    },
  });
  registerGradient({
    kernelName: GRADIENT,
    gradFunc() {
      throw noSecondGradient();
    },
  });
}

/** The error for second-order gradients. */
export function noSecondGradient(): ElmanError {
  return new ElmanError('ctcLoss: expected a first gradient, got the gradient of a gradient, which it does not have.');
}

/** The part of the backends that is used to make a tensor of numbers. */
type Backend = {
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap?(tensor: TensorInfo): Float32Array;
};

function make(object: unknown, shape: number[], values: Float32Array): TensorInfo {
  const backend = object as Backend;
  if (backend.typedArrayFromHeap === undefined) return backend.makeTensorInfo(shape, 'float32', values);
  const tensor = backend.makeOutput(shape, 'float32');
  backend.typedArrayFromHeap(tensor).set(values);
  return tensor;
}
