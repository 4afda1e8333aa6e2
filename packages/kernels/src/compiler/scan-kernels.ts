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

/**
 * A call: what `backward` needs beside tensors. Its inputs are `input`, `param0`…, `state0`…, `context0`…, `captured0`…, `mask` and
 * `ids`.
 */
export type ScanCall = {
  readonly executable: Executable;
  readonly storage: Storage;
  readonly given: (inputs: NamedTensorMap) => Given;
  readonly inputs: NamedTensorMap;
  held?: Held | undefined;
};

const listOf = (inputs: NamedTensorMap, kind: string): Tensor[] => {
  const found: Tensor[] = [];
  for (let i = 0; `${kind}${i}` in inputs; i++) found.push(inputs[`${kind}${i}`] as Tensor);
  return found;
};

/** What of a call is not a tensor. */
type Numbers = Pick<Given, 'time' | 'batch' | 'reverse' | 'rng'> & { readonly ids: Int32Array | undefined };

/** What an executable is given, from tensors by name. */
export function givenOf(
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
  const [states, contexts] = [listOf(inputs, 'state'), listOf(inputs, 'context')];
  return {
    ...numbers,
    get input() {
      const x = inputs.input as Tensor;
      return ids === undefined ? floats(x) : { table: floats(x), rows: x.shape[0] as number, ids };
    },
    get state() {
      return states.map(floats);
    },
    mask: inputs.mask && floats(inputs.mask).map((value) => (value === 0 ? 0 : 1)),
    get context() {
      return contexts.map(floats);
    },
    tensors,
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
  forward(inputs, call) {
    const { executable, storage, given } = call;
    const names = Object.keys(inputs);
    const { taken, held } = executable.forward(given(inputs), (results) => {
      const { plan } = executable;
      const [batch, time] = (inputs.ids ?? (inputs.input as Tensor)).shape as [number, number];
      const outputs = made(storage, [batch, time, widthOf(plan.graph.output)], results.outputs);
      const state = listOf(inputs, 'state').map((before, i) => {
        const after = made(storage, before.shape, results.state[i] as Writing);
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
      const given = call.given(inputs);
      return executable.backward(given, gradients, held as Held, (results) => {
        const grads: NamedTensorMap = {};
        const x = inputs.input as Tensor;
        grads.input = results.input === undefined ? zerosLike(x) : made(storage, x.shape, results.input);
        const perRow = (kind: string, list: readonly (Writing | undefined)[]): void =>
          list.forEach((write, i) => {
            const like = inputs[`${kind}${i}`] as Tensor;
            grads[`${kind}${i}`] = write === undefined ? zeros(like.shape) : made(storage, like.shape, write);
          });
        perRow('state', results.state);
        perRow('context', results.context);
        const { sums } = results;
        const tensors = once(() => {
          const ofSums = [...sums].map(([of, write]) => [of, made(storage, [...of.shape], write)] as const);
          return new Map<Node, Tensor>([...given.tensors, ...ofSums]);
        });
        const gradient = (of: Node, shape: number[]): Tensor => {
          const sum = sums.get(of.op === 'Reshape' ? (of.inputs[0] as Node) : of);
          return sum === undefined ? (replay([of], tensors())[0] as Tensor) : made(storage, shape, sum);
        };
        const shared = (name: string, of: Node | undefined): void => {
          const { shape } = inputs[name] as Tensor;
          grads[name] = of === undefined ? zeros(shape) : gradient(of, shape);
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

function made(storage: Storage, shape: number[], write: Writing): Tensor {
  return engine().makeTensorFromTensorInfo(storage.make(shape, write));
}
