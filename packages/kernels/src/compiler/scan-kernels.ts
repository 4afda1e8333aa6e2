import { DataError } from '@elman/core';
import { cast, engine, type NamedTensorMap, type Tensor, zeros, zerosLike } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import type { Storage } from '../storage.ts';
import { placeOf } from '../values-here.ts';
import type { CompiledStep } from './compiled-step.ts';
import type { Node } from './graph.ts';
import { once } from './once.ts';
import { widthOf } from './ops.ts';
import type { Executable, Given, Gradients, Held, Writing } from './run/given.ts';
import { replay } from './run/replay.ts';
import { listedTensors, type ScanTensors, tensorsByNode, tensorsFrom } from './scan-tensors.ts';

/** A call: what `backward` needs beside tensors. */
export type ScanCall = {
  readonly executable: Executable;
  readonly storage: Storage;
  readonly tensors: ScanTensors;
  readonly given: (tensors: ScanTensors) => Given;
  held?: Held | undefined;
};

/** What of a call is not a tensor. */
type Numbers = Pick<Given, 'time' | 'batch' | 'reverse' | 'rng'> & { readonly ids: Int32Array | undefined };

/** What an executable is given. */
export function givenOf(
  tensors: ScanTensors,
  { graph }: CompiledStep,
  storage: Storage,
  { ids, ...numbers }: Numbers,
): Given {
  const floats = (tensor: Tensor): Float32Array => storage.read(tensor);
  const { input, state, context, mask } = tensors;
  return {
    ...numbers,
    get input() {
      return ids === undefined ? floats(input) : { table: floats(input), rows: input.shape[0] as number, ids };
    },
    get state() {
      return state.map(floats);
    },
    mask: mask && floats(mask).map((value) => (value === 0 ? 0 : 1)),
    get context() {
      return context.map(floats);
    },
    // A context that is the same for all rows is used as a parameter is.
    tensors: tensorsByNode(tensors, graph),
    read: floats,
  };
}

/** Ids int32 [batch, time] in the order of frames. @throws {DataError} for one that is no row of the table. */
export function idsByFrame(ids: Tensor, rows: number, values: ArrayLike<number>): Int32Array {
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

/** The op of a sequence, and its gradient. */
export const scanKernels: DeviceKernels<ScanCall> = {
  forward(_, call) {
    const { executable, storage, given, tensors } = call;
    const { taken, held } = executable.forward(given(tensors), (results) => {
      const { plan } = executable;
      const [batch, time] = (tensors.ids ?? tensors.input).shape as [number, number];
      const outputs = made(storage, [batch, time, widthOf(plan.graph.output)], results.outputs);
      const state = tensors.state.map((before, i) => {
        const after = made(storage, before.shape, results.state[i] as Writing);
        return before.dtype === 'float32' ? after : cast(after, before.dtype);
      });
      return [outputs, ...state];
    });
    call.held = held;
    if (held !== undefined) whenLost.register(call, held, call);
    return { results: taken, saved: held === undefined ? [] : listedTensors(tensors) };
  },
  backward(dys, saved, call) {
    const { executable, storage, held } = call;
    const tensors = tensorsFrom(saved, call.tensors);
    const [dOutputs, ...dState] = dys as [Tensor, ...Tensor[]];
    const gradients: Gradients = {
      get outputs() {
        return storage.read(dOutputs);
      },
      get state() {
        return dState.map((dy) => storage.read(dy));
      },
    };
    const { graph } = executable.plan;
    try {
      const given = call.given(tensors);
      return executable.backward(given, gradients, held as Held, (results) => {
        const grads: NamedTensorMap = {};
        const { input } = tensors;
        grads.input = results.input === undefined ? zerosLike(input) : made(storage, input.shape, results.input);
        const perRow = (name: string, list: readonly Tensor[], writings: readonly (Writing | undefined)[]): void =>
          writings.forEach((write, i) => {
            const { shape } = list[i] as Tensor;
            grads[`${name}${i}`] = write === undefined ? zeros(shape) : made(storage, shape, write);
          });
        perRow('state', tensors.state, results.state);
        perRow('context', tensors.context, results.context);
        const { sums } = results;
        const values = once(() => {
          const ofSums = [...sums].map(([of, write]) => [of, made(storage, [...of.shape], write)] as const);
          return new Map<Node, Tensor>([...given.tensors, ...ofSums]);
        });
        const gradient = (of: Node, shape: number[]): Tensor => {
          const sum = sums.get(of.op === 'Reshape' ? (of.inputs[0] as Node) : of);
          return sum === undefined ? (replay([of], values())[0] as Tensor) : made(storage, shape, sum);
        };
        const shared = (name: string, { shape }: Tensor, of: Node | undefined): void => {
          grads[name] = of === undefined ? zeros(shape) : gradient(of, shape);
        };
        for (const [i, tensor] of tensors.params.entries()) shared(`param${i}`, tensor, graph.dParams[i]);
        for (const [i, tensor] of tensors.captured.entries()) shared(`captured${i}`, tensor, graph.dCaptured[i]);
        for (const [i, tensor] of tensors.context.entries())
          if (!graph.context[i]?.perRow) shared(`context${i}`, tensor, graph.dContext[i]);
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

function made(storage: Storage, shape: number[], write: Writing): Tensor {
  return engine().makeTensorFromTensorInfo(storage.make(shape, write));
}
