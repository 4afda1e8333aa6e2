import type { Workload } from './workloads.ts';

/** What a contender of the memories is given instead: accesses forward and backward, no controller. */
export interface MemorySetup {
  readonly memory: MemoryKind;
  readonly slots: number;
  readonly width: number;
  readonly reads: number;
  /** Slots that a sparse head reads. */
  readonly nearest: number;
  readonly batch: number;
  /** Accesses of a sequence. */
  readonly time: number;
  readonly backend: string;
  readonly threads: number;
}

/** A Neural Turing machine's, or sparse access with one of its indices. */
export type MemoryKind = 'ntm' | 'linear' | 'lsh';

/**
 * A contender is a process of its own. It is given a `Setup` as JSON in its last argument, answers `ready` when it has taken
 * its first step, and then a line of times for each line that asks for them. It ends when its standard input does.
 */
export interface Setup {
  readonly workload: Workload;
  /** The backend of TensorFlow.js. */
  readonly backend: string;
  readonly threads: number;
  /** Whether our kernels may use SIMD that V8 hides behind flags. */
  readonly experimentalSimd: boolean;
  readonly learningRate: number;
  readonly largestNorm: number;
  /** How many different batches to make ahead. */
  readonly batches: number;
}

/** Asks for the times of some steps; of `recurrent`, of the recurrent layers alone, forward and backward. */
export interface Request {
  readonly part: 'step' | 'recurrent';
  readonly count: number;
}

/** It has taken its first step. */
export interface Ready {
  readonly event: 'ready';
  readonly firstMilliseconds: number;
  /** Of the libraries that it uses, by name. */
  readonly versions: { readonly [name: string]: string };
  /** Parts of a step that it can time alone. */
  readonly parts: readonly Request['part'][];
  /** What the forward pass of the first step has left for the backward one, in bytes, where it counts that. */
  readonly heldBytes?: number | undefined;
}

/** It cannot run this workload here. */
export interface Unavailable {
  readonly event: 'unavailable';
  readonly reason: string;
}

/** The answer to a request. */
export interface Times {
  readonly event: 'times';
  readonly milliseconds: readonly number[];
  /** The loss after the last step, or the last token: finite, if all is well. */
  readonly value: number;
  /** The most memory that the process has held so far, in bytes. */
  readonly peakBytes: number;
}

/** What a contender says, one line of JSON each. */
export type Reply = Ready | Unavailable | Times;

/** What the process that measures the machine is given, and answers with one line. */
export interface PeakSetup {
  readonly backend: string;
  /** For how long to multiply matrices of each size. */
  readonly milliseconds: number;
}

/** The fastest products of two square matrices on a backend. */
export interface Peak {
  readonly event: 'peak';
  readonly gigaflops: number;
  /** Rows of the matrices that were the fastest. */
  readonly size: number;
  readonly device: string;
  readonly versions: { readonly [name: string]: string };
}
