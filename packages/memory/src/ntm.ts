import { expectShape, expectSizes, type Memory, OptionError, tree } from '@elman/core';
import {
  add,
  fill,
  oneHot,
  reshape,
  sigmoid,
  slice,
  softplus,
  type Tensor3D,
  tensor1d,
  tile,
} from '@tensorflow/tfjs-core';
import { ntmAccess } from './ntm-access.ts';
import { commandParts } from './ntm-addressing.ts';

/** Sizes of a Neural Turing machine's memory. */
export type NtmMemoryOptions = {
  readonly slots: number;
  /** Numbers in a slot. */
  readonly width: number;
  /** Heads that read; by default 1. */
  readonly reads?: number | undefined;
  /** Heads that write; by default 1. */
  readonly writes?: number | undefined;
  /** Largest shift of a head in a step, to either side; by default 1. */
  readonly shifts?: number | undefined;
  /** Each number of the memory before the first access; by default 10⁻⁶. */
  readonly initialValue?: number | undefined;
};

/** Contents, [batch, slots, width]; weights of the heads, [batch, reads + writes, slots], read heads first. */
export type NtmMemoryState = {
  readonly memory: Tensor3D;
  readonly weights: Tensor3D;
};

/**
 * The memory of a Neural Turing machine: heads that address slots by content or by location.
 *
 * Each head, of key k, strength β, gate g, shift s and sharpness γ, addresses the memory M as it is before the access:
 *
 *   cᵢ = softmaxᵢ(β·cos(k, Mᵢ))                  by content
 *   gᵢ = g·cᵢ + (1 − g)·wᵢ                       or the previous location
 *   w̃ᵢ = Σⱼ sⱼ·gᵢ₋ⱼ                              shifted circularly
 *   w'ᵢ = w̃ᵢ^γ / Σⱼ w̃ⱼ^γ                         sharpened
 *
 * Then the write heads h write together, first all erase, then all add; the read heads read the result:
 *
 *   Mᵢ' = Mᵢ⊙Πₕ(1 − w'ₕᵢ·eₕ) + Σₕ w'ₕᵢ·aₕ        erase e, add a
 *   r   = Σᵢ w'ᵢ·Mᵢ'
 *
 * Command: for each head, read heads first: k (through tanh), β (softplus), g (σ), s (softmax over −shifts … shifts), γ (1 + softplus);
 * then e (σ) of each write head; then a (tanh) of each. interfaceSize = (reads + writes)·(width + 2·shifts + 4) + 2·writes·width.
 * Shapes: read [batch, reads·width].
 * Init:   memory initialValue throughout; all heads at slot 0.
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number, or 2·shifts + 1 exceeds the slots.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing Machines; the constant start: Collier & Beel 2018
 */
export function ntmMemory(options: NtmMemoryOptions): Memory<NtmMemoryState> {
  const { slots, width, reads = 1, writes = 1, shifts = 1, initialValue = 1e-6 } = options;
  const name = 'ntmMemory';
  expectSizes(name, { slots, width, reads, writes, shifts });
  if (!Number.isFinite(initialValue)) {
    throw new OptionError(`${name}: initialValue: expected a number, got ${initialValue}.`);
  }
  if (2 * shifts + 1 > slots) {
    throw new OptionError(`${name}: shifts: expected 2·shifts + 1 of at most ${slots}, the slots, got ${shifts}.`);
  }
  const heads = reads + writes;
  const sizes = { reads, writes, heads, width, shifts };
  const ofHead = width + 2 * shifts + 4;
  const interfaceSize = heads * ofHead + 2 * writes * width;
  return {
    name,
    recipe: {
      package: '@elman/memory',
      factory: name,
      arguments: [{ slots, width, reads, writes, shifts, initialValue }],
    },
    interfaceSize,
    readSize: reads * width,
    initialState: (batchSize) =>
      tree.tidy(() => ({
        memory: fill([batchSize, slots, width], initialValue) as Tensor3D,
        weights: tile(reshape(oneHot(tensor1d([0], 'int32'), slots, 1, 0, 'float32'), [1, 1, slots]), [
          batchSize,
          heads,
          1,
        ]),
      })),
    access: (state, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        return ntmAccess(state, command, sizes);
      }),
    watch: ({ weights }, command) =>
      tree.tidy(() => {
        const { strength, gate, sharpness } = commandParts(command, sizes);
        return {
          readWeights: slice(weights, [0, 0, 0], [-1, reads, -1]),
          writeWeights: slice(weights, [0, reads, 0], [-1, writes, -1]),
          strength: softplus(strength),
          gate: sigmoid(gate),
          sharpness: add(1, softplus(sharpness)),
        };
      }),
  };
}
