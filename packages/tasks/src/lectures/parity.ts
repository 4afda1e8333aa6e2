import { OptionError, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { ids } from '../scoring.ts';
import { onlyLast } from './only-last.ts';

/** Options of the supervision. */
export type ParityOptions = {
  /** Supervision at every bit, or at the last alone; default every bit. */
  readonly supervision?: 'every' | 'last' | undefined;
};

/**
 * Whether the number of ones so far is odd.
 *
 *   inputs   0 1 0 1 1 0 1 0 1 1
 *   targets  0 1 1 0 1 1 0 0 1 0
 *
 * Each parity bit is the XOR of its input and the bit before. With `supervision: 'last'` only the last target counts, which is much
 * harder to learn. `length` is the number of bits.
 *
 * Baseline: input-blind, either answer is right half of the time: ln 2 nats, ½.
 * @throws {OptionError} if the supervision is neither.
 * @see Minsky & Papert 1969; Grosse, CSC321 lecture 15
 */
export function parity({ supervision = 'every' }: ParityOptions = {}): Task {
  const name = 'parity';
  if (supervision !== 'every' && supervision !== 'last') {
    throw new OptionError(`${name}: supervision: expected every or last, got ${supervision}.`);
  }
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ supervision }] },
    inputSize: 2,
    outputSize: 2,
    easiest: { length: 1 },
    symbols: { inputs: ['0', '1'], targets: ['0', '1'] },
    scoring: ids,
    example(rng, { length }) {
      const inputs = Array.from({ length }, () => rng.integer(2));
      let parityBit = 0;
      const targets = inputs.map((bit) => {
        parityBit ^= bit;
        return parityBit;
      });
      return { inputs, targets, mask: supervision === 'last' ? onlyLast(length) : undefined };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}
