import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Sizes of an access. */
export type DncSizes = {
  readonly batch: number;
  readonly slots: number;
  /** Numbers of a slot. */
  readonly width: number;
  /** Read heads; there is one write head. */
  readonly reads: number;
  /** Whether there are temporal links. */
  readonly links: boolean;
};

/**
 * A memory: memory [batch, slots, width], usage [batch, slots], readWeights [batch, reads, slots], writeWeights [batch, slots], and with
 * links link [batch, slots, slots] and precedence [batch, slots].
 */
export type DncState<T> = {
  readonly memory: T;
  readonly usage: T;
  readonly readWeights: T;
  readonly writeWeights: T;
  readonly link?: T | undefined;
  readonly precedence?: T | undefined;
};

/** The state, and the command [batch, interfaceSize]; rows where `real` [batch, 1] is 0 stay as they are, and read zeros. */
export type DncInputs<T> = DncState<T> & { readonly command: T; readonly real?: T | undefined };

/** Results: read [batch, reads·width], and the memory after the access. */
export type DncResults<T> = DncState<T> & { readonly read: T };

/** The arithmetic of a differentiable neural computer's memory, on the tensors of a backend. Arguments are only read; results are fresh. */
export interface DncEngine {
  readonly name: string;
  /** `trace` is saved for `backward`: see `dncTraceOf`. */
  forward(
    sizes: DncSizes,
    inputs: DncInputs<TensorInfo>,
  ): { readonly results: DncResults<TensorInfo>; readonly trace: DncTrace };
  /** The gradients w.r.t. state and command, from those w.r.t. the results. */
  backward(
    sizes: DncSizes,
    inputs: DncState<TensorInfo>,
    trace: DncTrace,
    grads: DncResults<TensorInfo>,
  ): DncInputs<TensorInfo>;
}

/** The leaves of a state, in the order of inputs and outputs of kernels. */
export function dncLeaves(links: boolean): readonly (keyof DncState<unknown>)[] {
  return ['memory', 'usage', 'readWeights', 'writeWeights', ...(links ? (['link', 'precedence'] as const) : [])];
}

/** Offsets of the parts of a command; keys and strengths of the read heads, then of the write head. */
export type DncPlaces = {
  readonly [part in
    | 'keys'
    | 'strengths'
    | 'erase'
    | 'free'
    | 'allocate'
    | 'write'
    | 'vector'
    | 'modes'
    | 'size']: number;
};

/** The layout of a command. */
export function dncCommandOf({ width, reads, links }: Omit<DncSizes, 'batch'>): DncPlaces {
  const strengths = (reads + 1) * width;
  const erase = strengths + reads + 1;
  const free = erase + width;
  const allocate = free + reads;
  const vector = allocate + 2;
  const modes = vector + width;
  const size = modes + (links ? 3 * reads : 0);
  return { keys: 0, strengths, erase, free, allocate, write: allocate + 1, vector, modes, size };
}

/** What the gradient of an access needs: by rows, see `dncTraceOf`, and which rows were real. */
export type DncTrace = { readonly rows: Float32Array; readonly isReal: (row: number) => boolean };

/** Offsets of the parts of a row's trace. */
export type DncTraceParts = {
  readonly [part in
    | 'scores'
    | 'contents'
    | 'order'
    | 'allocation'
    | 'usage'
    | 'writeWeights'
    | 'readWeights'
    | 'earlier'
    | 'later'
    | 'size']: number;
};

/**
 * The trace of a row of the batch: its command, squashed; of each head, the write head last, the scores of all slots and
 * the content weights; the slots sorted by usage; allocation, usage and weights after the access; and with links, of
 * each read head, the backward and forward weights.
 */
export function dncTraceOf(sizes: DncSizes): DncTraceParts {
  const { slots, reads, links } = sizes;
  const scores = dncCommandOf(sizes).size;
  const contents = scores + (reads + 1) * slots;
  const order = contents + (reads + 1) * slots;
  const allocation = order + slots;
  const usage = allocation + slots;
  const writeWeights = usage + slots;
  const readWeights = writeWeights + slots;
  const earlier = readWeights + reads * slots;
  const later = earlier + (links ? reads * slots : 0);
  const size = later + (links ? reads * slots : 0);
  return { scores, contents, order, allocation, usage, writeWeights, readWeights, earlier, later, size };
}

/** Added under the root of a norm: cos(k, m) = k·m / √((|k|² + ε)(|m|² + ε)). */
export const SHORT = 1e-6;
/** Lower bound of usages in products. */
export const LEAST_USAGE = 1e-6;
