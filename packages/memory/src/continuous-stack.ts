import type { Memory } from '@elman/core';
import { type ContinuousOptions, type ContinuousState, continuousLine } from './continuous-line.ts';

/**
 * A differentiable stack whose elements have strengths. Elements vᵢ count from the last pushed.
 *
 *   d = σ(push), u = σ(pop), v = tanh(value)      command = [push, pop, value]
 *   sᵢ' = sᵢ − min(sᵢ, max(0, u − Σⱼ₌₁ⁱ⁻¹ sⱼ))    pop from the top, a total of u
 *   v₁, s₁ = v, d                                 and all others move down one place
 *   read = Σᵢ min(sᵢ, max(0, 1 − Σⱼ₌₁ⁱ⁻¹ sⱼ))·vᵢ   the top, up to a total strength of 1
 *
 * Where d and u are 0 or 1 (`hard` rounds them) this is an ordinary stack.
 *
 * Shapes: command [batch, 2 + size]; read [batch, size].
 * Init:   commands start at a pop of −1, less than the push.
 * Seen:   push and pop [batch, 1], value [batch, size], strengths and read weights [batch, capacity].
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Grefenstette, Hermann, Suleyman & Blunsom 2015, "Learning to transduce with unbounded memory"
 */
export function continuousStack(options: ContinuousOptions): Memory<ContinuousState> {
  return continuousLine('continuousStack', options, 'first');
}
