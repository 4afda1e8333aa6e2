import { expectShape, expectSizes, type Memory, OptionError, tree } from '@elman/core';
import { cast, max, sub, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { accessAll, commandOf } from './sparse/access.ts';
import type { SparseAccessMemoryOptions, SparseAccessMemoryState, SparseSizes } from './sparse/options.ts';
import { hasSession, openSession } from './sparse/session.ts';

/**
 * Sparse access memory: heads that read the k slots most similar to a key, and a writer that writes where they have
 * read, or to the slot that has not been used for longest.
 *
 * With u that oldest slot and w̄ the mean of the heads' weights in the previous access, the word a is written first:
 *
 *   w  = α·(γ·w̄ + (1 − γ)·[u])
 *   M' = M, in which slot u is cleared, + w·aᵀ
 *
 * Then each head of key q and strength β reads the k slots i with the highest cos(q, M'ᵢ), ties: the lower index:
 *
 *   wᵢ = softmaxᵢ(β·cos(q, M'ᵢ))             r = Σᵢ wᵢ·M'ᵢ
 *
 * A slot whose weights in reading and writing add up to more than 0.005 counts as used. cos has 10⁻³ added to squared lengths, so
 * that empty slots have similarity 0.
 *
 * Over a whole sequence, on the backends cpu and wasm, an access costs in proportion to reads·k·width, in addition to
 * the search for slots (`index`), and not to the number of slots; so does its gradient: see `open`. Elsewhere, and step
 * by step, the cost is linear in the slots.
 *
 * Command: q of each head (tanh), β of each (1 + softplus), a (tanh), α (σ), γ (σ). interfaceSize = (reads + 1)·(width + 1) + 1.
 * Shapes: M [batch, slots, width]; read [batch, reads·width].
 * Init:   all zeros.
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number, or the index is unknown.
 * @see Rae, Hunt, Harley, Danihelka, Senior, Wayne, Graves & Lillicrap 2016, Scaling memory-augmented neural networks with sparse reads
 *   and writes
 */
export function sparseAccessMemory(options: SparseAccessMemoryOptions): Memory<SparseAccessMemoryState> {
  const { slots, width, reads = 1, nearest = 4, index = 'linear' } = options;
  const name = 'sparseAccessMemory';
  expectSizes(name, { slots, width, reads, nearest });
  if (index !== 'linear' && index !== 'lsh') {
    throw new OptionError(`${name}: index: expected linear or lsh, got ${index}.`);
  }
  const sizes: SparseSizes = { slots, width, reads, nearest: Math.min(nearest, slots) };
  const interfaceSize = (reads + 1) * (width + 1) + 1;
  return {
    name,
    recipe: { package: '@elman/memory', factory: name, arguments: [{ slots, width, reads, nearest, index }] },
    interfaceSize,
    readSize: reads * width,
    initialState: (batchSize) => ({
      memory: zeros([batchSize, slots, width]) as Tensor3D,
      readWeights: zeros([batchSize, reads, slots]) as Tensor3D,
      lastAccess: zeros([batchSize, slots], 'int32') as Tensor2D,
    }),
    access: (state, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        return accessAll(state, command, sizes);
      }),
    watch: ({ readWeights, lastAccess }, command) =>
      tree.tidy(() => {
        const { strengths, write, mix } = commandOf(command, sizes);
        const age = cast(sub(max(lastAccess, 1, true), lastAccess), 'float32');
        return { readWeights: readWeights.clone(), age, strength: strengths, write, mix };
      }),
    open: (state) => {
      if (!hasSession()) return undefined;
      const session = openSession(state, sizes, index, interfaceSize);
      return {
        access(command, real) {
          expectShape(name, 'command', command, { batch: state.memory.shape[0], interfaceSize });
          return session.access(command, real);
        },
        close: session.close,
      };
    },
  };
}
