import type { Tensor } from '@tensorflow/tfjs-core';
import type { Frame, Recipe, Tree } from './types.ts';

/** An external memory without weights of its own; what drives it is the command, [batch, interfaceSize]. */
export interface Memory<S extends Tree> {
  readonly name: string;
  /** How to make this memory again. */
  readonly recipe?: Recipe | undefined;
  /** The numbers that a command has, as a linear layer gives them: the memory squashes each as its meaning wants. */
  readonly interfaceSize: number;
  readonly readSize: number;
  /** What the bias of the layer that gives commands starts at, [interfaceSize]; default: zeros. */
  readonly initialCommand?: readonly number[] | undefined;
  /** The state before the first access. Axis 0 of every leaf is the batch. */
  initialState(batchSize: number): S;
  /** One access: what is read [batch, readSize], and the state after it. */
  access(state: S, command: Frame): { read: Frame; state: S };
  /**
   * What there is to see of an access, by name, each [batch, …]: where it read and wrote, how hard it pushed. The state is the one after
   * the access.
   */
  watch?(state: S, command: Frame): { readonly [name: string]: Tensor };
  /**
   * The memory made ready for one sequence, where accesses then cost less than with states that stay as they are. Undefined where
   * the active backend has no cheaper way than `access`.
   */
  open?(state: S): MemorySession<S> | undefined;
}

/** A memory at work on one sequence; its accesses are differentiable as those of `Memory.access` are, which they equal. */
export interface MemorySession<S extends Tree> {
  /** What is read [batch, readSize]. Rows where `real` [batch, 1] is 0 are held as they are. */
  access(command: Frame, real?: Frame): Frame;
  /** The state after the last access; the session is over. */
  close(): S;
}
