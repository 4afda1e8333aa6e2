import { expectShape, expectSizes, type Frame, type Memory, OptionError, tree, withoutGradient } from '@elman/core';
import {
  add,
  argMax,
  argMin,
  cast,
  equal,
  expandDims,
  matMul,
  max,
  mul,
  oneHot,
  reshape,
  softmax,
  softplus,
  split,
  sub,
  type Tensor2D,
  type Tensor3D,
  tanh,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { cosine } from './cosine.ts';

/** Sizes of a key-value memory. */
export type KeyValueMemoryOptions = {
  readonly slots: number;
  readonly keySize: number;
  readonly valueSize: number;
  /** Heads that read; by default 1. */
  readonly reads?: number | undefined;
  /** The slot that is overwritten once all are full; by default `oldest`. */
  readonly replaces?: Replaced | undefined;
};

/** The one written first; or the one that for the longest time was neither written nor the best match of a head. */
export type Replaced = 'oldest' | 'leastRecentlyUsed';

/**
 * keys [batch, slots, keySize], values [batch, slots, valueSize]; when a slot was last used, int32 [batch, slots], in
 * accesses from 1, 0 for an empty one.
 */
export type KeyValueMemoryState = {
  readonly keys: Tensor3D;
  readonly values: Tensor3D;
  readonly lastUse: Tensor2D;
};

/**
 * Key-value memory: every access stores a value under a key, in its own slot, and then reads values by how well their keys match.
 *
 *   key u = k, value u = v                    u: an empty slot, or the replaced one
 *   w     = softmax(β·cos(q, keyᵢ))           over the slots that are not empty
 *   r     = Σᵢ wᵢ·valueᵢ
 *
 * Separate keys and values are from key-value memory networks; a memory that is filled step by step and replaces its
 * least used slot is from neural episodic control (whose kernel and dictionaries for actions are not here).
 *
 * Command: k, v (tanh, both), then for each head q (tanh), then for each β (1 + softplus). interfaceSize = keySize + valueSize +
 * reads·(keySize + 1).
 * Shapes: read [batch, reads·valueSize].
 * Init:   empty.
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number, or `replaces` is unknown.
 * @see Miller, Fisch, Dodge, Karimi, Bordes & Weston 2016, Key-value memory networks for directly reading documents; Pritzel et al. 2017,
 *   Neural episodic control
 */
export function keyValueMemory(options: KeyValueMemoryOptions): Memory<KeyValueMemoryState> {
  const { slots, keySize, valueSize, reads = 1, replaces = 'oldest' } = options;
  const name = 'keyValueMemory';
  expectSizes(name, { slots, keySize, valueSize, reads });
  if (replaces !== 'oldest' && replaces !== 'leastRecentlyUsed') {
    throw new OptionError(`${name}: replaces: expected oldest or leastRecentlyUsed, got ${replaces}.`);
  }
  const parts = [keySize + valueSize, reads * keySize, reads];
  const interfaceSize = parts.reduce((a, b) => a + b);
  const headsOf = (command: Frame): { entry: Frame; queries: Tensor3D; strengths: Tensor3D } => {
    const [entry, queries, strengths] = split(command, parts, 1) as [Frame, Frame, Frame];
    return {
      entry: tanh(entry),
      queries: reshape(tanh(queries), [-1, reads, keySize]),
      strengths: expandDims(add(softplus(strengths), 1), 2),
    };
  };
  const find = (queries: Tensor3D, strengths: Tensor3D, keys: Tensor3D, lastUse: Tensor2D): Tensor3D => {
    const empty = withoutGradient(() => mul(expandDims(cast(equal(lastUse, 0), 'float32'), 1), -1e9));
    return softmax(add(mul(strengths, cosine(queries, keys)), empty)) as Tensor3D;
  };
  return {
    name,
    recipe: {
      package: '@elman/memory',
      factory: name,
      arguments: [{ slots, keySize, valueSize, reads, replaces }],
    },
    interfaceSize,
    readSize: reads * valueSize,
    initialState: (batchSize) => ({
      keys: zeros([batchSize, slots, keySize]) as Tensor3D,
      values: zeros([batchSize, slots, valueSize]) as Tensor3D,
      lastUse: zeros([batchSize, slots], 'int32') as Tensor2D,
    }),
    access: (state, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        const { entry, queries, strengths } = headsOf(command);
        const [key, value] = split(entry, [keySize, valueSize], 1) as [Frame, Frame];
        const slot = withoutGradient(() => oneHot(argMin(state.lastUse, 1), slots, 1, 0, 'float32')) as Tensor2D;
        const kept = sub(1, expandDims(slot, 2));
        const put = (into: Tensor3D, row: Frame): Tensor3D =>
          add(mul(into, kept), mul(expandDims(slot, 2), expandDims(row, 1)));
        const [keys, values] = [put(state.keys, key), put(state.values, value)];
        const written = withoutGradient(() => used(state.lastUse, slot));
        const weights = find(queries, strengths, keys, written);
        const lastUse = withoutGradient(() => {
          if (replaces === 'oldest') return written.clone();
          const found = max(oneHot(argMax(weights, 2) as Tensor2D, slots, 1, 0, 'float32') as Tensor3D, 1) as Tensor2D;
          const times = cast(written, 'float32');
          return cast(where(cast(found, 'bool'), max(times, 1, true), times), 'int32') as Tensor2D;
        });
        const read = reshape(matMul(weights, values), [-1, reads * valueSize]) as Frame;
        return { read, state: { keys, values, lastUse } };
      }),
    watch: ({ keys, lastUse }, command) =>
      tree.tidy(() => {
        const { queries, strengths } = headsOf(command);
        const age = cast(sub(max(lastUse, 1, true), lastUse), 'float32');
        return { readWeights: find(queries, strengths, keys, lastUse), strength: strengths, age };
      }),
  };
}

/** Usage counts of slots, incremented where `slot` is 1. */
function used(lastUse: Tensor2D, slot: Tensor2D): Tensor2D {
  const times = cast(lastUse, 'float32');
  const now = add(max(times, 1, true), 1);
  return cast(add(mul(times, sub(1, slot)), mul(now, slot)), 'int32');
}
