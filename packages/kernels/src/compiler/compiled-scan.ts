import { type Cell, DataError, type ScanOptions, type Sequence, type Steps, type Tree, tree } from '@elman/core';
import {
  cast,
  engine,
  gather,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type DeviceKernels, runOnDevice } from '../device-kernels.ts';
import type { Device } from '../gpu/device.ts';
import { copyFloats } from '../simd/copy-floats.ts';
import { type Storage, storages } from '../storage.ts';
import { placeOf } from '../values-here.ts';
import { type CompiledStep, compileStep, type StepArguments, tensorsOf } from './compiled-step.ts';
import type { Node } from './graph.ts';
import { NotCompilable } from './graph.ts';
import { widthOf } from './ops.ts';
import type { Executable, Given, Held } from './run/given.ts';
import { replay } from './run/replay.ts';
import { deviceHere, deviceStep, scanOnDevice } from './shader/device-scan.ts';
import type { AnyCell } from './trace/index.ts';

/** A call: what `backward` needs beside tensors. */
type Call = {
  readonly executable: Executable;
  readonly storage: Storage;
  readonly given: (inputs: NamedTensorMap) => Given;
  readonly inputs: NamedTensorMap;
  readonly layout: InputLayout;
  held?: Held | undefined;
};

/** Inputs that are rows of a table: [batch, time, inputSize] of an embedding [rows, inputSize] and int32 ids [batch, time]. */
export type EmbeddedInputs = { readonly embedding: Tensor2D; readonly ids: Tensor2D };

/** How many tensors of each kind a call has. */
type InputLayout = {
  readonly params: number;
  readonly state: number;
  readonly context: number;
  readonly captured: readonly Tensor[];
};

/**
 * A sequence by the compiled step of a cell, as one op: as WebAssembly, or as shaders on webgl and webgpu. Undefined where the step
 * cannot be compiled, or on another backend.
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
  const step = device === undefined ? compileStep(own, given) : deviceStep(device, own, given, isTaped);
  if (step instanceof NotCompilable) return undefined;

  const contexts = tensorsOf(context);
  const captured = step.graph.captured.map(({ tensor }) => tensor);
  const tensors: NamedTensorMap = {};
  const add = (kind: string, list: readonly Tensor[]): void =>
    list.forEach((tensor, i) => {
      tensors[`${kind}${i}`] = tensor;
    });
  add('param', tree.leaves(params));
  add('state', tree.leaves(state));
  add('context', contexts);
  add('captured', captured);
  if (mask !== undefined) tensors.mask = mask;
  const stepsOf = ([outputs, ...last]: readonly Tensor[]): Steps<S> => {
    let next = 0;
    return { outputs: outputs as Sequence, state: tree.map(state, () => last[next++] as Tensor) as S };
  };
  if ('plan' in step) {
    const rows = embedded && (gather(embedded.embedding, embedded.ids as unknown as Tensor1D) as unknown as Sequence);
    const sizes = { time, batch, reverse };
    const all = { ...tensors, input: rows ?? (inputs as Sequence) };
    return stepsOf(scanOnDevice({ where: cell.name, device: device as Device, step, inputs: all, sizes, rng }));
  }
  const storage = (storageOf as (backend: object) => Storage)(backend);
  tensors.input = embedded?.embedding ?? (inputs as Sequence);
  if (embedded !== undefined) tensors.ids = embedded.ids;
  const ids = embedded && idsByFrame(embedded.ids, embedded.embedding.shape[0], storage.readInts(embedded.ids));
  const call: Call = {
    executable: isTaped ? step.training() : step.inference(),
    storage,
    inputs: tensors,
    layout: {
      params: tree.leaves(params).length,
      state: tree.leaves(state).length,
      context: contexts.length,
      captured,
    },
    given: (saved) => givenOf(saved, step, storage, { time, batch, reverse, rng, ids }),
  };
  const variables = Object.entries(tensors).flatMap(([name, { dtype }]) =>
    name !== 'mask' && name !== 'ids' && dtype === 'float32' ? [name] : [],
  );
  return stepsOf(runOnDevice(cell.name, kernels, tensors, variables, call));
}

const listOf = (inputs: NamedTensorMap, kind: string): Tensor[] => {
  const found: Tensor[] = [];
  for (let i = 0; `${kind}${i}` in inputs; i++) found.push(inputs[`${kind}${i}`] as Tensor);
  return found;
};

type Numbers = Pick<Given, 'time' | 'batch' | 'reverse' | 'rng'> & { readonly ids: Int32Array | undefined };

function givenOf(
  inputs: NamedTensorMap,
  { graph }: CompiledStep,
  storage: Storage,
  { ids, ...numbers }: Numbers,
): Given {
  const tensors = new Map<Node, Tensor>();
  for (const [i, tensor] of listOf(inputs, 'param').entries()) tensors.set(graph.params[i] as Node, tensor);
  for (const [i, tensor] of listOf(inputs, 'captured').entries()) {
    tensors.set((graph.captured[i] as { node: Node }).node, tensor);
  }
  // A context that is the same for all rows is used as a parameter is.
  graph.context.forEach((of, i) => {
    if (!of.perRow) tensors.set(of, inputs[`context${i}`] as Tensor);
  });
  const floats = (tensor: Tensor): Float32Array => storage.read(tensor);
  return {
    ...numbers,
    input:
      ids === undefined
        ? floats(inputs.input as Tensor)
        : { table: floats(inputs.input as Tensor), rows: (inputs.input as Tensor).shape[0] as number, ids },
    state: listOf(inputs, 'state').map(floats),
    mask: inputs.mask && floats(inputs.mask).map((value) => (value === 0 ? 0 : 1)),
    context: listOf(inputs, 'context').map(floats),
    tensors,
    read: floats,
  };
}

/** Ids int32 [batch, time] in the order of frames. @throws {DataError} for one that is no row of the table. */
function idsByFrame(ids: Tensor, rows: number, values: ArrayLike<number>): Int32Array {
  const [batch, time] = ids.shape as [number, number];
  const byFrame = new Int32Array(batch * time);
  for (let row = 0, i = 0; row < batch; row++) {
    for (let t = 0; t < time; t++, i++) {
      const id = values[i] as number;
      if (!(id >= 0 && id < rows)) {
        const at = placeOf(i, ids.shape).join(', ');
        throw new DataError(`inputs: ids: expected ids from 0 to ${rows - 1}, got ${id} at [${at}].`);
      }
      byFrame[t * batch + row] = id;
    }
  }
  return byFrame;
}

const kernels: DeviceKernels<Call> = {
  forward(inputs, call) {
    const { executable, storage, given } = call;
    const names = Object.keys(inputs);
    const { taken, held } = executable.forward(given(inputs), (results) => {
      const { plan } = executable;
      const [batch, time] = (inputs.ids ?? (inputs.input as Tensor)).shape as [number, number];
      const outputs = made(storage, [batch, time, widthOf(plan.graph.output)], results.outputs);
      const state = listOf(inputs, 'state').map((before, i) => {
        const after = made(storage, before.shape, results.state[i] as Float32Array);
        return before.dtype === 'float32' ? after : cast(after, before.dtype);
      });
      return [outputs, ...state];
    });
    call.held = held;
    if (held !== undefined) whenLost.register(call, held, call);
    return { results: taken, saved: held === undefined ? [] : names.map((name) => inputs[name] as Tensor) };
  },
  backward(dys, saved, call) {
    const { executable, storage, held } = call;
    const names = Object.keys(call.inputs);
    const inputs: NamedTensorMap = Object.fromEntries(names.map((name, i) => [name, saved[i] as Tensor]));
    const [dOutputs, ...dState] = dys.map((dy) => storage.read(dy)) as [Float32Array, ...Float32Array[]];
    const { graph } = executable.plan;
    try {
      const given = call.given(inputs);
      return executable.backward(given, { outputs: dOutputs, state: dState }, held as Held, (results) => {
        const grads: NamedTensorMap = {};
        const x = inputs.input as Tensor;
        grads.input = results.input === undefined ? zerosLike(x) : made(storage, x.shape, results.input);
        const perRow = (kind: string, list: readonly (Float32Array | undefined)[]): void =>
          list.forEach((values, i) => {
            const like = inputs[`${kind}${i}`] as Tensor;
            grads[`${kind}${i}`] = values === undefined ? zeros(like.shape) : made(storage, like.shape, values);
          });
        perRow('state', results.state);
        perRow('context', results.context);
        const known = new Map<Node, Tensor>(given.tensors);
        for (const [of, values] of results.sums) known.set(of, made(storage, [...of.shape], values));
        const shared = (name: string, of: Node | undefined): void => {
          const like = inputs[name] as Tensor;
          grads[name] = of === undefined ? zeros(like.shape) : (replay([of], known)[0] as Tensor);
        };
        for (const [i, of] of graph.dParams.entries()) shared(`param${i}`, of);
        for (const [i, of] of graph.dCaptured.entries()) shared(`captured${i}`, of);
        for (const [i, { perRow: isPerRow }] of graph.context.entries())
          if (!isPerRow) shared(`context${i}`, graph.dContext[i]);
        return grads;
      });
    } finally {
      whenLost.unregister(call);
      held?.release();
      call.held = undefined;
    }
  },
};

/** Frees what is held for a gradient that is never taken. */
const whenLost: FinalizationRegistry<Held> = new FinalizationRegistry((held) => held.release());

function made(storage: Storage, shape: number[], values: Float32Array): Tensor {
  const info: TensorInfo = storage.make(shape, (target) => copyFloats(target, values));
  return engine().makeTensorFromTensorInfo(info);
}
