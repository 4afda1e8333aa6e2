import { BackendError, ElmanError, expectFrames, expectShape, type Sequence, ShapeError } from '@elman/core';
import {
  engine,
  getGradient,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type Tensor2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type DeviceKernels, noSecondGradient, runOnDevice } from './device-kernels.ts';
import { expectMask } from './expect-mask.ts';
import { giveBack } from './pool.ts';
import type { SequenceSizes } from './sequence.ts';
import { releaseHeld } from './simd/held.ts';
import { type Storage, storages } from './storage.ts';

/** Saved by `forward` for `backward`: typed arrays, not tensors, so that nothing is copied. */
type Saved = { readonly input: object; readonly activations: object };

/**
 * The attributes of a call. `inputs` are on the tape as dependencies of `backward`, so that a second-order gradient is
 * refused, not zero; their data may be disposed of by then.
 */
export type SequenceCall<S extends Saved> = { readonly reverse: boolean; readonly inputs: NamedTensorMap; saved?: S };

/** Options of a call. */
export type OptionsOf<Call> = Omit<Call, 'inputs' | 'saved'>;

/** A pair of kernels on the typed arrays of a backend: a sequence as one op, and its gradient as another. */
export type SequenceKernels<Call extends SequenceCall<Saved>> = {
  /** Its name in error messages. */
  readonly where: string;
  /**
   * Its name in the registry of tfjs, which all copies of this package share: the first one registers it.
   * A number in it is the version of inputs, attributes and outputs.
   */
  readonly kernelName: string;
  /** The input names in `backward` of the gradients w.r.t. the results of `forward`, in their order. */
  readonly resultGradients: readonly string[];
  /** The inputs by which `backward` returns gradients, in their order. */
  readonly variables: readonly string[];
  /** By the name of a backend that has no `Storage`. */
  readonly devices: { readonly [backendName: string]: DeviceKernels<OptionsOf<Call>> };
  forward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[];
  backward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[];
};

/** Runs a sequence as one op on the active backend. */
export function runSequence<Call extends SequenceCall<Saved>>(
  kernels: SequenceKernels<Call>,
  floats: NamedTensorMap,
  mask: Tensor2D | undefined,
  options: OptionsOf<Call>,
): Tensor[] {
  const { backendName } = engine();
  const inputs: NamedTensorMap = { ...floats, ...(mask !== undefined && { mask }) };
  const device = kernels.devices[backendName];
  if (device !== undefined) return runOnDevice(kernels.where, device, inputs, kernels.variables, options);
  register(kernels, backendName);
  const call = { ...options, inputs };
  const results = engine().runKernel(kernels.kernelName, inputs, call as unknown as NamedAttrMap);
  if (engine().state.gradientDepth === 0) forget(call);
  return results as unknown as Tensor[];
}

/** Saved values of `forward`. @throws {ElmanError} if `backward` has already run. */
export function savedOf<S extends Saved>({ saved }: SequenceCall<S>): S {
  if (saved === undefined)
    throw new ElmanError('kernels: expected one gradient of a sequence, got a second one of the same call.');
  return saved;
}

/** Recycles the arrays that a call has held. */
function forget(call: SequenceCall<Saved>): void {
  if (call.saved === undefined) return;
  const { input, activations } = call.saved;
  delete call.saved;
  const arrays = releaseHeld(activations) ? input : { ...input, ...activations };
  giveBack(Object.values(arrays).filter((value) => value instanceof Float32Array));
}

/**
 * Whether a sequence runs on the active backend, and faster than the ops of the backend would. `compiled`: not in
 * JavaScript.
 */
export function isFasterHere({ devices }: { readonly devices: object }, compiled: () => boolean): boolean {
  const { backendName } = engine();
  return backendName === 'cpu' || backendName in devices || (backendName === 'wasm' && compiled());
}

/** Registers the kernels of a backend, and their gradients, unless another copy of this package has. */
function register<Call extends SequenceCall<Saved>>(kernels: SequenceKernels<Call>, backendName: string): void {
  const { where, kernelName, resultGradients, variables } = kernels;
  const gradName = `${kernelName}Grad`;
  for (const [name, kernel] of [[kernelName, kernels.forward] as const, [gradName, kernels.backward] as const]) {
    const storage = storages[backendName];
    if (storage === undefined || getKernel(name, backendName) !== undefined) continue;
    const kernelFunc: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) =>
      kernel(storage(backend), inputs as NamedTensorInfoMap, attrs as unknown as Call);
    registerKernel({ kernelName: name, backendName, kernelFunc });
  }
  if (getGradient(kernelName) === undefined) {
    registerGradient({
      kernelName,
      gradFunc(dys, _saved, attrs) {
        const inputs: NamedTensorMap = { ...(attrs as unknown as Call).inputs };
        for (const [i, name] of resultGradients.entries()) inputs[name] = (dys as Tensor[])[i] as Tensor;
        const grads = engine().runKernel(gradName, inputs, attrs) as unknown as Tensor[];
        forget(attrs as unknown as Call);
        return Object.fromEntries(variables.map((name, i) => [name, () => grads[i] as Tensor]));
      },
    });
  }
  if (getGradient(gradName) === undefined) {
    registerGradient({
      kernelName: gradName,
      gradFunc() {
        throw noSecondGradient(where);
      },
    });
  }
}

/** The inputs common to all sequences, in addition to states and other weights. */
type Inputs = {
  readonly projected: Sequence;
  readonly recurrentKernel: Tensor2D;
  readonly mask?: Tensor2D | undefined;
  readonly [name: string]: Tensor | undefined;
};

/**
 * The sizes of a sequence: projected [batch, time, gates·hidden], recurrentKernel [hidden, gates·hidden], mask [batch,
 * time].
 *
 * @throws {ShapeError} if they do not match, or an input other than the mask is not float32.
 * @throws {BackendError} if there are no kernels for the active backend. {DataError} for a mask with other numbers than
 * 0 and 1, on cpu and wasm.
 */
export function expectSequence(
  { where, devices }: { readonly where: string; readonly devices: object },
  gates: number,
  { mask, ...floats }: Inputs,
): SequenceSizes {
  const { backendName } = engine();
  const known = { ...storages, ...devices };
  if (!(backendName in known)) {
    const names = Object.keys(known).join(', ');
    throw new BackendError(
      `${where}: expected one of the backends ${names}, got ${backendName}; step frame by frame there.`,
    );
  }
  const { projected, recurrentKernel } = floats as Inputs;
  const hidden = recurrentKernel.shape[0];
  const [batch, time] = projected.shape;
  expectShape(where, 'recurrentKernel', recurrentKernel, { hidden, gates: gates * hidden });
  expectShape(where, 'projected', projected, { batch, time, gates: gates * hidden });
  if (mask !== undefined) {
    expectShape(where, 'mask', mask, { batch, time });
    expectMask(where, 'mask', mask);
  }
  expectFrames(where, 'projected', projected);
  for (const [name, tensor] of Object.entries(floats)) {
    if (tensor?.dtype !== 'float32') throw new ShapeError(`${where}: ${name}: expected float32, got ${tensor?.dtype}.`);
  }
  return { time, batch, hidden };
}
