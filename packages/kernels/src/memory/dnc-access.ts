import { expectShape, type Frame, ShapeError } from '@elman/core';
import { engine, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { storages } from '../storage.ts';
import { type DncSizes, dncCommandOf } from './dnc-engine.ts';
import { runDncAccess } from './dnc-kernels.ts';

/** A memory; the number of read heads is that of the rows of read weights. */
export type DncAccessState = {
  /** [batch, slots, width] */
  readonly memory: Tensor3D;
  /** [batch, slots] */
  readonly usage: Tensor2D;
  /** [batch, reads, slots] */
  readonly readWeights: Tensor3D;
  /** [batch, slots] */
  readonly writeWeights: Tensor2D;
  /** [batch, slots, slots]; without it, heads read by content alone. */
  readonly link?: Tensor3D | undefined;
  /** [batch, slots], with links only. */
  readonly precedence?: Tensor2D | undefined;
};

/** Whether `dncAccess` runs on the active backend, and faster than its ops: on cpu and wasm. It does not change while one is active. */
export function hasDncAccess(): boolean {
  return engine().backendName in storages;
}

/**
 * One access to the memory of a differentiable neural computer, as one op, in JavaScript. With C(M, k, β) = softmax(β·cos(k, M)), where
 * cos(k, m) = k·m / √((|k|² + ε)(|m|² + ε)) and ε = 10⁻⁶:
 *
 *   u' = (u + w − u⊙w) ⊙ Πᵣ (1 − fᵣ·wᵣ)
 *   aᵢ = (1 − uᵢ') Π uⱼ'  over all j with smaller u', or equal u' and j < i; on ε + (1 − ε)·u'
 *   w' = g_w·(g_a·a + (1 − g_a)·C(M, k_w, β_w))
 *   M' = M + w'·(v − e⊙M)
 *   L' = (1 − wᵢ' − wⱼ')·Lᵢⱼ + wᵢ'·pⱼ, 0 where i = j;  p' = (1 − Σ w')·p + w'
 *   wᵣ' = πᵣ₁·L'ᵀ·wᵣ + πᵣ₂·C(M', kᵣ, βᵣ) + πᵣ₃·L'·wᵣ;  read = wᵣ'·M'
 *
 * Command [batch, interfaceSize]: keys of the read heads, k_w; their strengths, β_w (1 + softplus); e, fᵣ, g_a, g_w (σ); v; with links πᵣ
 * (softmax). Rows where `real` [batch, 1] is 0 stay as they are, and read zeros.
 *
 * Exact first-order gradients w.r.t. the state and the command, from one backward pass; no second-order ones. The state and, for each
 * row, about (5·reads + 7)·slots + interfaceSize numbers are held until the gradient has been taken.
 *
 * @throws {ShapeError} if shapes do not match, or an input is not float32.
 * @see Graves et al. 2016, Hybrid computing using a neural network with dynamic external memory
 */
export function dncAccess<S extends DncAccessState>(state: S, command: Frame, real?: Frame): { read: Frame; state: S } {
  const where = 'dncAccess';
  const { memory, readWeights, link, precedence } = state;
  const [batch, slots, width] = memory.shape;
  const reads = readWeights.shape[1];
  const sizes: DncSizes = { batch, slots, width, reads, links: link !== undefined };
  expectShape(where, 'readWeights', readWeights, { batch, reads, slots });
  for (const name of ['usage', 'writeWeights'] as const) expectShape(where, name, state[name], { batch, slots });
  if (link !== undefined && precedence !== undefined) {
    expectShape(where, 'link', link, { batch, slots, alike: slots });
    expectShape(where, 'precedence', precedence, { batch, slots });
  } else if (link !== precedence) throw new ShapeError(`${where}: expected link and precedence, or neither, got one.`);
  expectShape(where, 'command', command, { batch, interfaceSize: dncCommandOf(sizes).size });
  if (real !== undefined) expectShape(where, 'real', real, { batch, one: 1 });
  for (const [name, leaf] of Object.entries<Tensor | undefined>({ ...state, command, real })) {
    if (leaf !== undefined && leaf.dtype !== 'float32')
      throw new ShapeError(`${where}: ${name}: expected float32, got ${leaf.dtype}.`);
  }
  const { read, ...next } = runDncAccess(sizes, { ...state, command, real });
  return { read: read as Frame, state: next as unknown as S };
}
