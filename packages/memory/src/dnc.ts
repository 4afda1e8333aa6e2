import { expectShape, expectSizes, type Memory, tree } from '@elman/core';
import { type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { dncAccess } from './dnc-access.ts';
import { type DncSizes, dncInterfaceSize, initialCommand, readCommand } from './dnc-command.ts';
import type { DncLinks } from './dnc-links.ts';

/** Sizes of a differentiable neural computer's memory. */
export type DncMemoryOptions = {
  readonly slots: number;
  /** Numbers in a slot. */
  readonly width: number;
  /** Heads that read; by default 1. One writes. */
  readonly reads?: number | undefined;
  /** Whether to track the order of writes; default true. Without it reads are by content alone. */
  readonly links?: boolean | undefined;
};

/**
 * Contents [batch, slots, width], usage of each slot before the last write [batch, slots], and the weights of reads
 * [batch, reads, slots] and of the write [batch, slots].
 */
export type DncUnlinkedState = {
  readonly memory: Tensor3D;
  readonly usage: Tensor2D;
  readonly readWeights: Tensor3D;
  readonly writeWeights: Tensor2D;
};

/** And the order of writes: link [batch, slots, slots], precedence [batch, slots]. */
export type DncMemoryState = DncUnlinkedState & DncLinks;

/**
 * The memory of a differentiable neural computer: it writes to free slots or by content, and reads by content or
 * in the order of the writes.
 *
 *   u' = (u + w − u⊙w) ⊙ Πᵣ (1 − fᵣ·wᵣ)                  usage: what was written, less what was read and freed
 *   aᵢ = (1 − uᵢ') Π uⱼ'  over all j that are emptier       allocation
 *   w' = g_w·(g_a·a + (1 − g_a)·C(M, k_w, β_w))            write weights
 *   M' = M + w'·(v − e⊙M)                                  erase e, write v
 *   L' , p'                                                links: see `nextLinks`
 *   wᵣ' = πᵣ₁·L'ᵀ·wᵣ + πᵣ₂·C(M', kᵣ, βᵣ) + πᵣ₃·L'·wᵣ        read weights; C(M', kᵣ, βᵣ) alone without links
 *   read = wᵣ'·M'
 *
 * C(M, k, β) = softmax(β·cos(k, M)).
 *
 * Command: keys kᵣ of the reads, k_w; strengths βᵣ, β_w (1 + softplus); e, fᵣ, g_a, g_w (σ); v; and with links the modes π of each read (softmax
 * over backward, content, forward). interfaceSize = (reads + 3)·width + 5·reads + 3, and 2·reads + 3 in the place of 5·reads + 3 without links.
 * Shapes: read [batch, reads·width].
 * Init:   zeros; the bias of commands 2 for g_a and g_w, −2 for fᵣ, 3 for strengths, 0 for all else: at first each frame is written to a new
 *         slot, and none is freed.
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Graves et al. 2016, Hybrid computing using a neural network with dynamic external memory
 */
export function dncMemory(options: DncMemoryOptions & { readonly links: false }): Memory<DncUnlinkedState>;
export function dncMemory(options: DncMemoryOptions & { readonly links?: true | undefined }): Memory<DncMemoryState>;
export function dncMemory(options: DncMemoryOptions): Memory<DncMemoryState | DncUnlinkedState>;
export function dncMemory(options: DncMemoryOptions): Memory<DncMemoryState | DncUnlinkedState> {
  const { slots, width, reads = 1, links = true } = options;
  const name = 'dncMemory';
  expectSizes(name, { slots, width, reads });
  const sizes: DncSizes = { slots, width, reads, links };
  const interfaceSize = dncInterfaceSize(sizes);
  return {
    name,
    recipe: { package: '@elman/memory', factory: name, arguments: [sizes] },
    interfaceSize,
    readSize: reads * width,
    get initialCommand() {
      return initialCommand(sizes);
    },
    initialState: (batchSize) =>
      tree.tidy((): DncMemoryState | DncUnlinkedState => {
        const unlinked = {
          memory: zeros([batchSize, slots, width]) as Tensor3D,
          usage: zeros([batchSize, slots]) as Tensor2D,
          readWeights: zeros([batchSize, reads, slots]) as Tensor3D,
          writeWeights: zeros([batchSize, slots]) as Tensor2D,
        };
        if (!links) return unlinked;
        return {
          ...unlinked,
          link: zeros([batchSize, slots, slots]) as Tensor3D,
          precedence: zeros([batchSize, slots]) as Tensor2D,
        };
      }),
    access(state, command) {
      expectShape(name, 'command', command, { batch: undefined, interfaceSize });
      return tree.tidy(() => dncAccess(state, command, sizes));
    },
    watch(state, command) {
      expectShape(name, 'command', command, { batch: undefined, interfaceSize });
      return tree.tidy(() => {
        const { freeGates, allocationGate, writeGate } = readCommand(command, sizes);
        const { usage, readWeights, writeWeights } = tree.clone(state);
        return { usage, readWeights, writeWeights, freeGates, allocationGate, writeGate };
      });
    },
  };
}
