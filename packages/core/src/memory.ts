import type { Tensor } from '@tensorflow/tfjs-core';
import type { Frame, Recipe, Tree } from './types.ts';

/** An external memory without parameters, driven by commands [batch, interfaceSize]. */
export interface Memory<S extends Tree> {
  readonly name: string;
  /** The recipe of this memory. */
  readonly recipe?: Recipe | undefined;
  /** Size of a command, the output of a linear layer: the memory applies the activations itself. */
  readonly interfaceSize: number;
  readonly readSize: number;
  /** The initial bias of the layer that computes commands, [interfaceSize], read by `init`; default: zeros. */
  readonly initialCommand?: readonly number[] | undefined;
  /** The state before the first access. Axis 0 of every leaf is the batch. */
  initialState(batchSize: number): S;
  /** One access: the read vector [batch, readSize], and the state after it. */
  access(state: S, command: Frame): { read: Frame; state: S };
  /**
   * Recorded quantities of an access, by name, each [batch, …]: read and write weights, push strengths. The state is
   * the one after the access.
   */
  watch?(state: S, command: Frame): { readonly [name: string]: Tensor };
  /**
   * The memory prepared for one sequence, whose accesses cost less than with immutable states. Undefined where
   * the active backend has no faster way than `access`.
   */
  open?(state: S): MemorySession<S> | undefined;
}

/** A memory during one sequence; its accesses equal those of `Memory.access`, gradients included. */
export interface MemorySession<S extends Tree> {
  /** The read vector [batch, readSize]. Rows where `real` [batch, 1] is 0 are held. */
  access(command: Frame, real?: Frame): Frame;
  /** The state after the last access; the session is over. */
  close(): S;
}
