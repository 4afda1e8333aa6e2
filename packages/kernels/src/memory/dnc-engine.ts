import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Sizes of an access. */
export type DncSizes = {
  readonly batch: number;
  readonly slots: number;
  /** Numbers of a slot. */
  readonly width: number;
  /** Heads that read; one writes. */
  readonly reads: number;
  /** Whether the order of writes is remembered. */
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

/** What is accessed, and the command [batch, interfaceSize]; rows where `real` [batch, 1] is 0 stay as they are, and read zeros. */
export type DncInputs<T> = DncState<T> & { readonly command: T; readonly real?: T | undefined };

/** What comes of it: read [batch, reads·width], and the memory as it then is. */
export type DncResults<T> = DncState<T> & { readonly read: T };

/** The arithmetic of a differentiable neural computer's memory, on the tensors of a backend. Arguments are only read; results are fresh. */
export interface DncEngine {
  readonly name: string;
  /** `trace` is what `backward` has to know: see `dncTraceOf`. */
  forward(
    sizes: DncSizes,
    inputs: DncInputs<TensorInfo>,
  ): { readonly results: DncResults<TensorInfo>; readonly trace: DncTrace };
  /** The gradients by state and command, of those by the results. */
  backward(
    sizes: DncSizes,
    inputs: DncState<TensorInfo>,
    trace: DncTrace,
    grads: DncResults<TensorInfo>,
  ): DncInputs<TensorInfo>;
}

/** The leaves of a state, in the order in which kernels take and give them. */
export function dncLeaves(links: boolean): readonly (keyof DncState<unknown>)[] {
  return ['memory', 'usage', 'readWeights', 'writeWeights', ...(links ? (['link', 'precedence'] as const) : [])];
}

/** Where the kinds of numbers begin in a command; keys and strengths of the heads that read, then of the one that writes. */
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

/** Of an access, what its gradient needs: by rows, as `dncTraceOf` says, and which rows there were. */
export type DncTrace = { readonly rows: Float32Array; readonly isReal: (row: number) => boolean };

/** Where the parts of a row's trace begin. */
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
 * What of the trace belongs to a row of the batch: its command, squashed; of each head, that which writes last, the scores of all slots and
 * the weights by content; the slots in the order of their usage; allocation, usage and weights after the access; and with links, of
 * each head that reads, where they lead back and on.
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

/** Under the root of a length: cos(k, m) = k·m / √((|k|² + ε)(|m|² + ε)). */
export const SHORT = 1e-6;
/** Usages are at least this where they are multiplied. */
export const LEAST_USAGE = 1e-6;
