import type { Task } from '@elman/core';
import { countingLanguage } from './counting-language.ts';

/**
 * The language aⁿbⁿ: what follows each b.
 *
 *   inputs   a a a b b b
 *   targets        b b end
 *
 * `length` is n. How many more a's come is not predictable, and does not count. A row depends on its length alone: train on many. Solved if
 * every symbol is right; nets are trained on short words and tested on longer ones.
 *
 * Baseline: predicts from n and the input b, but not its position: −(1/n)·ln(1/n) − (1 − 1/n)·ln(1 − 1/n) nats, and 1 −
 * 1/n (the `end` is missed).
 * @see Gers & Schmidhuber 2001, "LSTM recurrent networks learn simple context-free and context-sensitive languages"
 * @see Joulin & Mikolov 2015, "Inferring algorithmic patterns with stack-augmented recurrent nets"
 */
export function anbn(): Task {
  return countingLanguage('anbn', ['a', 'b']);
}
