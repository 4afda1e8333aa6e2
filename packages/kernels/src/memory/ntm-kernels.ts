import { ElmanError } from '@elman/core';
import {
  engine,
  getGradient,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { noSecondGradient } from '../device-kernels.ts';
import { giveBack } from '../pool.ts';
import { ntmEngineOf } from './choose-ntm-engine.ts';
import type { NtmInputs, NtmResults, NtmSizes } from './ntm-engine.ts';

/** Kernel name in tfjs's registry, which all copies of this package share; the number is its version. */
const NAME = 'ElmanNtmAccess1';
const GRADIENT = `${NAME}Grad`;

/** The attributes of a call: `forward` leaves its trace there for `backward`, if it will run. */
type Call = { readonly sizes: NtmSizes; readonly keeps: boolean; trace?: Float32Array | undefined };

/** The gradients w.r.t. results, in addition to the inputs. */
type ResultGradients<T> = { readonly dRead: T; readonly dMemory: T; readonly dWeights: T };

/** An access on the active backend, which must keep its tensors in the main memory. */
export function runNtmAccess(
  sizes: NtmSizes,
  inputs: NtmInputs<Tensor>,
): { read: Tensor2D; memory: Tensor3D; weights: Tensor3D } {
  register(engine().backendName);
  const call: Call = { sizes, keeps: engine().state.gradientDepth > 0 };
  const results = engine().runKernel(NAME, { ...inputs }, call as unknown as NamedAttrMap);
  const [read, memory, weights] = results as unknown as [Tensor2D, Tensor3D, Tensor3D];
  return { read, memory, weights };
}

function register(backendName: string): void {
  registerUnlessThere(NAME, backendName, ({ inputs, backend, attrs }) => {
    const call = attrs as unknown as Call;
    const engineHere = ntmEngineOf(backendName, backend);
    const { results, trace } = engineHere.forward(call.sizes, inputs as unknown as NtmInputs<TensorInfo>, call.keeps);
    call.trace = trace;
    return [results.read, results.memory, results.weights];
  });
  registerUnlessThere(GRADIENT, backendName, ({ inputs, backend, attrs }) => {
    const { sizes, trace } = attrs as unknown as Call;
    if (trace === undefined)
      throw new ElmanError('ntmAccess: expected one gradient of a call, got a second one of the same call.');
    const { dRead, dMemory, dWeights, ...given } = inputs as unknown as NtmInputs<TensorInfo> &
      ResultGradients<TensorInfo>;
    const results: NtmResults<TensorInfo> = { read: dRead, memory: dMemory, weights: dWeights };
    const { memory, weights, command } = ntmEngineOf(backendName, backend).backward(sizes, given, trace, results);
    return [memory, weights, command];
  });
  if (getGradient(NAME) === undefined)
    registerGradient({ kernelName: NAME, inputsToSave: ['memory', 'weights', 'command'], gradFunc });
  if (getGradient(GRADIENT) === undefined) {
    registerGradient({
      kernelName: GRADIENT,
      gradFunc() {
        throw noSecondGradient('ntmAccess');
      },
    });
  }
}

function registerUnlessThere(kernelName: string, backendName: string, kernelFunc: KernelConfig['kernelFunc']): void {
  if (getKernel(kernelName, backendName) === undefined) registerKernel({ kernelName, backendName, kernelFunc });
}

function gradFunc(dys: Tensor | Tensor[], saved: Tensor[], attrs: NamedAttrMap): { [name: string]: () => Tensor } {
  const [memory, weights, command] = saved as [Tensor, Tensor, Tensor];
  const [dRead, dMemory, dWeights] = dys as [Tensor, Tensor, Tensor];
  const grads = engine().runKernel(
    GRADIENT,
    { memory, weights, command, dRead, dMemory, dWeights },
    attrs,
  ) as unknown as Tensor[];
  const call = attrs as unknown as Call;
  if (call.trace !== undefined) giveBack([call.trace]);
  delete call.trace;
  return Object.fromEntries(['memory', 'weights', 'command'].map((name, i) => [name, () => grads[i] as Tensor]));
}
