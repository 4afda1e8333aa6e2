import { ElmanError } from '@elman/core';
import {
  engine,
  type GradConfig,
  getGradient,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { lstmEngine } from './choose-engine.ts';
import type { LstmActivations, LstmInput, LstmSizes } from './lstm-engine.ts';
import { type Storage, storages } from './storage.ts';
import { scratch, swapAxes, swapped } from './swap-axes.ts';

/**
 * Names in the registry of tfjs, which all copies of this package share: the first registers, the others use what it did.
 * The number counts the forms that inputs, attributes and outputs have had.
 */
export const FORWARD = 'ElmanLstmSequence1';
const BACKWARD = 'ElmanLstmSequence1Grad';

/**
 * The attributes of a call. `forward` leaves in `saved` what `backward` needs: typed arrays, not tensors, so that nothing is
 * copied, and the collector frees them with the tape, or at once where there is none. `inputs` tell the tape what `backward`
 * depends on, so that a second gradient is refused and not taken for zero; their numbers may be gone by then.
 */
export type LstmCall = { readonly reverse: boolean; readonly inputs: NamedTensorMap; saved?: Saved };

type Saved = {
  readonly sizes: LstmSizes;
  readonly input: Omit<LstmInput, 'projected'>;
  readonly activations: LstmActivations;
};

type Inputs = { readonly [name in 'projected' | 'recurrentKernel' | 'h' | 'c']: TensorInfo } & {
  readonly mask?: TensorInfo;
};

type OutputGradients = { readonly [name in 'dOutputs' | 'dH' | 'dC']: TensorInfo };

/** Registers the kernels of a backend, and their gradients, unless some copy of this package has. */
export function registerLstmKernels(backendName: string): void {
  const storage = storages[backendName];
  if (storage === undefined) return;
  const register = (
    kernelName: string,
    kernel: (storage: Storage, inputs: NamedTensorInfoMap, call: LstmCall) => TensorInfo[],
  ): void => {
    if (getKernel(kernelName, backendName) !== undefined) return;
    const kernelFunc: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) =>
      kernel(storage(backend), inputs as NamedTensorInfoMap, attrs as unknown as LstmCall);
    registerKernel({ kernelName, backendName, kernelFunc });
  };
  register(FORWARD, forward);
  register(BACKWARD, backward);
  if (getGradient(FORWARD) === undefined) registerGradient(gradient);
  if (getGradient(BACKWARD) === undefined) registerGradient(secondGradient);
}

/** [outputs, h, c] */
function forward(storage: Storage, inputs: NamedTensorInfoMap, call: LstmCall): TensorInfo[] {
  const { projected, recurrentKernel, h, c, mask } = inputs as unknown as Inputs;
  const [batch, time, width] = projected.shape as [number, number, number];
  const sizes: LstmSizes = { time, batch, hidden: width / 4 };
  const input = {
    recurrentKernel: storage.read(recurrentKernel).slice(),
    h0: storage.read(h).slice(),
    c0: storage.read(c).slice(),
    mask: mask && swapped(storage.read(mask).map(zeroOrOne), [batch, time, 1]),
    reverse: call.reverse,
  };
  const frames = swapped(storage.read(projected), [batch, time, width], scratch(projected.shape));
  const activations = lstmEngine().forward(sizes, { ...input, projected: frames });
  call.saved = { sizes, input, activations };
  const { hs, cs } = activations;
  const { hidden } = sizes;
  const last = call.reverse ? 0 : (time - 1) * batch * hidden;
  const lastOf = (states: Float32Array): TensorInfo =>
    storage.make([batch, hidden], (values) => values.set(states.subarray(last, last + batch * hidden)));
  const outputs = storage.make([batch, time, hidden], (values) =>
    swapAxes(hs, values, [time, batch, hidden], mask && storage.read(mask)),
  );
  return [outputs, lastOf(hs), lastOf(cs)];
}

/** Gradients by projected, recurrentKernel, h, c. */
function backward(storage: Storage, inputs: NamedTensorInfoMap, call: LstmCall): TensorInfo[] {
  const { sizes, input, activations } = call.saved as Saved;
  const { time, batch, hidden } = sizes;
  const { dOutputs, dH, dC } = inputs as unknown as OutputGradients;
  const grads = lstmEngine().backward(
    sizes,
    { ...input, ...activations },
    {
      hs: swapped(storage.read(dOutputs), [batch, time, hidden], scratch(dOutputs.shape), input.mask),
      hLast: storage.read(dH),
      cLast: storage.read(dC),
    },
  );
  const make = (shape: number[], source: Float32Array): TensorInfo =>
    storage.make(shape, (values) => values.set(source));
  return [
    storage.make([batch, time, 4 * hidden], (values) => swapAxes(grads.projected, values, [time, batch, 4 * hidden])),
    make([hidden, 4 * hidden], grads.recurrentKernel),
    make([batch, hidden], grads.h0),
    make([batch, hidden], grads.c0),
  ];
}

const gradient: GradConfig = {
  kernelName: FORWARD,
  gradFunc(dys, _saved, attrs: NamedAttrMap) {
    const [dOutputs, dH, dC] = dys as [Tensor, Tensor, Tensor];
    const grads = engine().runKernel(
      BACKWARD,
      { ...(attrs as unknown as LstmCall).inputs, dOutputs, dH, dC },
      attrs,
    ) as unknown as [Tensor, Tensor, Tensor, Tensor];
    const [projected, recurrentKernel, h0, c0] = grads;
    return { projected: () => projected, recurrentKernel: () => recurrentKernel, h: () => h0, c: () => c0 };
  },
};

const secondGradient: GradConfig = {
  kernelName: BACKWARD,
  gradFunc() {
    throw new ElmanError(
      'lstmSequence: expected a first gradient, got the gradient of a gradient; call the step frame by frame.',
    );
  },
};

const zeroOrOne = (value: number): number => (value === 0 ? 0 : 1);
