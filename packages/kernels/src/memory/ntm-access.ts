import { expectShape, type Frame, ShapeError } from '@elman/core';
import { engine, type Tensor3D } from '@tensorflow/tfjs-core';
import { storages } from '../storage.ts';
import { commandOf, type NtmSizes } from './ntm-engine.ts';
import { runNtmAccess } from './ntm-kernels.ts';

/** Inputs of an access. */
export type NtmAccess = {
  /** [batch, slots, width] */
  readonly memory: Tensor3D;
  /** The previous weights, [batch, reads + writes, slots], read heads first. */
  readonly weights: Tensor3D;
  /**
   * [batch, interfaceSize]: of each head its key, strength, gate, shift and sharpness, read heads first; then the erase vector of each
   * write head; then the add vector of each.
   */
  readonly command: Frame;
  /** Number of read heads. */
  readonly reads: number;
  /** The largest shift to either side. */
  readonly shifts: number;
};

/** The read vectors, [batch, reads·width]; memory and weights after the access. */
export type NtmAccessResult = { readonly read: Frame; readonly memory: Tensor3D; readonly weights: Tensor3D };

/** Whether `ntmAccess` runs on the active backend, and faster than its ops: on cpu and wasm. It does not change while one is active. */
export function hasNtmAccess(): boolean {
  return engine().backendName in storages;
}

/**
 * One access to the memory of a Neural Turing Machine, as one op. For each head, of the command's k through tanh, β through softplus, g
 * through σ, s through softmax and γ through 1 + softplus:
 *
 *   cᵢ = softmaxᵢ(β·cos(k, Mᵢ))          cos(k, m) = k·m / (|k|·|m| + ε)   |x| = √(Σx² + ε²)   ε = 10⁻⁶
 *   gᵢ = g·cᵢ + (1 − g)·wᵢ
 *   w̃ᵢ = Σⱼ sⱼ·gᵢ₋ⱼ                      circular, j = −shifts … shifts
 *   w' = softmax(γ·log(w̃ + 10⁻¹²))
 *
 * Then the write heads write, first all erase, then all add, with e through σ and a through tanh, and the read heads read the result:
 *
 *   M' = M⊙Π(1 − w'·eᵀ) + Σ w'·aᵀ        r = Σᵢ w'ᵢ·M'ᵢ
 *
 * Exact first-order gradients w.r.t. memory, weights and command, from one backward pass; no second-order ones. Memory, weights and
 * (4·heads + 1)·slots + interfaceSize numbers for each row are held until the gradient has been taken. Where WebAssembly SIMD computes,
 * numbers below 1e-30 become 0 in memory, weights and gradients.
 *
 * @throws {ShapeError} if shapes do not match, or an input is not float32.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing Machines
 */
export function ntmAccess({ memory, weights, command, reads, shifts }: NtmAccess): NtmAccessResult {
  const where = 'ntmAccess';
  const [batch, slots, width] = memory.shape;
  const heads = weights.shape[1];
  const sizes: NtmSizes = { batch, slots, width, reads, writes: heads - reads, shifts };
  expectShape(where, 'weights', weights, { batch, heads, slots });
  expectShape(where, 'command', command, { batch, interfaceSize: commandOf(sizes).size });
  for (const [name, { dtype }] of Object.entries({ memory, weights, command })) {
    if (dtype !== 'float32') throw new ShapeError(`${where}: ${name}: expected float32, got ${dtype}.`);
  }
  return runNtmAccess(sizes, { memory, weights, command });
}
