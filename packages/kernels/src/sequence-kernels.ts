import { BackendError, expectFrames, expectShape, type Sequence, ShapeError } from '@elman/core';
import { engine, type NamedTensorMap, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { type DeviceKernels, runOnDevice } from './device-kernels.ts';
import type { SequenceSizes } from './sequence.ts';

/**
 * A sequence as one op, and its gradient as another, by the name of the backend. They are written by hand for libtensorflow alone,
 * where steps are not compiled: there they are 1.5 to 20 times as fast as frame by frame (docs/results/libtensorflow.md).
 */
export type SequenceKernels<Options> = {
  /** Its name in error messages. */
  readonly where: string;
  /** The inputs that have gradients. */
  readonly variables: readonly string[];
  readonly devices: { readonly [backendName: string]: DeviceKernels<Options> };
};

/** Options of every sequence. */
export type SequenceOptions = { readonly reverse: boolean };

/** Whether there are kernels for the active backend. */
export function hasKernelsHere({ devices }: Pick<SequenceKernels<never>, 'devices'>): boolean {
  return engine().backendName in devices;
}

/** Runs a sequence as one op on the active backend, which `expectSequence` has checked. */
export function runSequence<Options>(
  { where, variables, devices }: SequenceKernels<Options>,
  floats: NamedTensorMap,
  mask: Tensor2D | undefined,
  options: Options,
): Tensor[] {
  const device = devices[engine().backendName] as DeviceKernels<Options>;
  return runOnDevice(where, device, { ...floats, ...(mask !== undefined && { mask }) }, variables, options);
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
 * @throws {BackendError} if there are no kernels for the active backend.
 */
export function expectSequence(
  { where, devices }: Pick<SequenceKernels<never>, 'where' | 'devices'>,
  gates: number,
  { mask, ...floats }: Inputs,
): SequenceSizes {
  const { backendName } = engine();
  if (!(backendName in devices)) {
    const names = Object.keys(devices).join(', ');
    throw new BackendError(
      `${where}: expected one of the backends ${names}, got ${backendName}; use \`unroll\` of @elman/rnn with a cell, on any backend.`,
    );
  }
  const { projected, recurrentKernel } = floats as Inputs;
  const hidden = recurrentKernel.shape[0];
  const [batch, time] = projected.shape;
  expectShape(where, 'recurrentKernel', recurrentKernel, { hidden, gates: gates * hidden });
  expectShape(where, 'projected', projected, { batch, time, gates: gates * hidden });
  if (mask !== undefined) expectShape(where, 'mask', mask, { batch, time });
  expectFrames(where, 'projected', projected);
  for (const [name, tensor] of Object.entries(floats)) {
    if (tensor?.dtype !== 'float32') throw new ShapeError(`${where}: ${name}: expected float32, got ${tensor?.dtype}.`);
  }
  return { time, batch, hidden };
}
