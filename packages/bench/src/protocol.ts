import type { OwnCell } from './own-cell-workloads.ts';
import type { Workload } from './workloads.ts';

/** The setup of a memory contender: accesses forward and backward, no controller. */
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

/** The setup of a contender with a cell of one's own. */
export interface OwnCellSetup {
  readonly workload: OwnCell;
  readonly backend: string;
  readonly threads: number;
  readonly experimentalSimd: boolean;
  /** The cell of `@elman/cells` with the same equations instead. */
  readonly builtIn: boolean;
}

/** An output layer of a language model. */
export type OutputKind = 'full' | 'classes by frequency' | 'classes by sqrt-frequency' | 'adaptive' | 'sampled';

/** Sizes of a language model and of its batches. */
export interface OutputSizes extends SequenceSizes {
  readonly vocabSize: number;
}

/** The setup of a contender with an output layer: alone, or in whole updates. */
export interface OutputSetup {
  readonly kind: OutputKind;
  readonly part: 'layer' | 'update';
  readonly sizes: OutputSizes;
  readonly backend: string;
  readonly threads: number;
  readonly experimentalSimd: boolean;
}

/** The setup of a contender with a cell of `@elman/cells`. */
export interface CellSetup {
  /** Of its factory. */
  readonly cell: string;
  readonly sizes: SequenceSizes;
  readonly backend: string;
  readonly threads: number;
  readonly experimentalSimd: boolean;
}

/** Sizes of a cell and of the sequences that it runs over. */
export interface SequenceSizes {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly batch: number;
  readonly time: number;
}

/** What a step computes on numbers that all contenders share: compared before anything is timed. */
export interface Evaluation {
  readonly loss: number;
  /** The Euclidean norm of the gradient of each parameter and of the inputs. */
  readonly norms: { readonly [path: string]: number };
}

/**
 * A contender is a separate process. Its last argument is a `Setup` as JSON. It replies `ready` after
 * its first step, and then with a line of times for each request. It ends at the end of its standard input.
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
  /** Number of different precomputed batches. */
  readonly batches: number;
}

/** Requests the times of some steps; with `recurrent`, of the recurrent layers alone, forward and backward. */
export interface Request {
  readonly part: 'step' | 'recurrent';
  readonly count: number;
}

/** It has completed its first step. */
export interface Ready {
  readonly event: 'ready';
  readonly firstMilliseconds: number;
  /** Versions of the libraries that it uses, by name. */
  readonly versions: { readonly [name: string]: string };
  /** Parts of a step that it can time separately. */
  readonly parts: readonly Request['part'][];
  /** Bytes saved by the forward pass of the first step for the backward pass, if counted. */
  readonly heldBytes?: number | undefined;
  readonly evaluation?: Evaluation | undefined;
}

/** It cannot run this workload here. */
export interface Unavailable {
  readonly event: 'unavailable';
  readonly reason: string;
}

/** The reply to a request. */
export interface Times {
  readonly event: 'times';
  readonly milliseconds: readonly number[];
  /** Processor time of the process, all its threads, meanwhile. */
  readonly processorMilliseconds: number;
  /** The loss after the last step, or the last token: finite if it is correct. */
  readonly value: number;
  /** Peak memory of the process so far, in bytes. */
  readonly peakBytes: number;
}

/** Replies of a contender, one line of JSON each. */
export type Reply = Ready | Unavailable | Times;

/** Setup of the process that measures the machine, which replies with one line. */
export interface PeakSetup {
  readonly backend: string;
  /** Time for the products of each size. */
  readonly milliseconds: number;
}

/** The fastest products of two square matrices on a backend. */
export interface Peak {
  readonly event: 'peak';
  readonly gigaflops: number;
  /** Rows of the fastest matrices. */
  readonly size: number;
  readonly device: string;
  readonly versions: { readonly [name: string]: string };
}
