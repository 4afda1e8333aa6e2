import type { Cell, ScanOptions, Sequence, Steps, Tree } from '@elman/core';
import { tree } from '@elman/core';
import { engine, gather, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { runOnDevice } from '../device-kernels.ts';
import type { Device } from '../gpu/device.ts';
import { type Storage, storages } from '../storage.ts';
import { compileStep, type StepArguments, tensorsOf } from './compiled-step.ts';
import { NotCompilable } from './graph.ts';
import { givenOf, idsByFrame, type ScanCall, scanKernels } from './scan-kernels.ts';
import { namedTensors, type ScanTensors, variablesOf } from './scan-tensors.ts';
import { deviceHere, deviceStep, scanOnDevice } from './shader/device-scan.ts';
import type { AnyCell } from './trace/index.ts';

/** Inputs that are rows of a table: [batch, time, inputSize] of an embedding [rows, inputSize] and int32 ids [batch, time]. */
export type EmbeddedInputs = { readonly embedding: Tensor2D; readonly ids: Tensor2D };

/**
 * A sequence by the compiled step of a cell, as one op: as WebAssembly, or as shaders on webgl and webgpu. Undefined
 * where the step cannot be compiled, on another backend, for a cell with a `scan` that keeps earlier frames
 * (`shiftsFrames`), and on webgl and webgpu for one whose state is linear in itself.
 */
export function compiledScan<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  state: S,
  inputs: Sequence | EmbeddedInputs,
  options: ScanOptions<C>,
): Steps<S> | undefined {
  return scanOn(undefined, cell, params, state, inputs, options);
}

/** The same on an engine: see `StepArguments`. */
export function scanOn<P extends Tree, S extends Tree, C>(
  engineName: StepArguments['engine'],
  cell: Cell<P, S, C>,
  params: P,
  state: S,
  inputs: Sequence | EmbeddedInputs,
  { context, mask, reverse = false, rng }: ScanOptions<C>,
): Steps<S> | undefined {
  const { backendName, backend, state: running } = engine();
  const device = engineName === undefined ? deviceHere() : undefined;
  const storageOf = storages[backendName];
  if ((storageOf ?? device) === undefined || running.gradientDepth > 1) return undefined;
  const embedded = 'embedding' in inputs ? inputs : undefined;
  const [batch, time] = (embedded?.ids ?? (inputs as Sequence)).shape as [number, number];
  const given = {
    params,
    state,
    context,
    isMasked: mask !== undefined,
    isNoisy: rng !== undefined,
    engine: engineName,
  };
  const isTaped = running.gradientDepth > 0 && (running as unknown as { kernelDepth: number }).kernelDepth === 0;
  const own = cell as unknown as AnyCell;
  const step =
    device === undefined
      ? compileStep(own, { ...given, isTraining: isTaped, sizes: { time, batch } })
      : deviceStep(device, own, given, isTaped);
  if (step instanceof NotCompilable || ('shifts' in step && step.shifts && engineName === undefined)) return undefined;

  const rows =
    device !== undefined && embedded !== undefined
      ? (gather(embedded.embedding, embedded.ids as unknown as Tensor1D) as unknown as Sequence)
      : undefined;
  const tensors: ScanTensors = {
    params: tree.leaves(params),
    state: tree.leaves(state),
    context: tensorsOf(context),
    captured: step.graph.captured.map(({ tensor }) => tensor),
    noise: [],
    input: rows ?? embedded?.embedding ?? (inputs as Sequence),
    mask,
    ids: device === undefined ? embedded?.ids : undefined,
  };
  const stepsOf = ([outputs, ...last]: readonly Tensor[]): Steps<S> => {
    let next = 0;
    return { outputs: outputs as Sequence, state: tree.map(state, () => last[next++] as Tensor) as S };
  };
  if ('plan' in step) {
    const sizes = { time, batch, reverse };
    return stepsOf(scanOnDevice({ where: cell.name, device: device as Device, step, tensors, sizes, rng }));
  }
  const storage = (storageOf as (backend: object) => Storage)(backend);
  const ids = embedded && idsByFrame(embedded.ids, embedded.embedding.shape[0], storage.readInts(embedded.ids));
  const call: ScanCall = {
    executable: (isTaped ? step.training : step.inference)({ time, batch }),
    storage,
    tensors,
    given: (saved) => givenOf(saved, step, storage, { time, batch, reverse, rng, ids }),
  };
  const named = namedTensors(tensors);
  return stepsOf(runOnDevice(cell.name, scanKernels, named, variablesOf(named), call));
}
