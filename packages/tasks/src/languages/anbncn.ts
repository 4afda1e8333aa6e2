import type { Task } from '@elman/core';
import { countingLanguage } from './counting-language.ts';

/**
 * The language aⁿbⁿcⁿ, which a single stack cannot recognise: what follows each b and each c.
 *
 *   inputs   a a a b b b c c c
 *   targets        b b c c c end
 *
 * `length` is n. How many more a's come is not predictable, and does not count. A row depends on its length alone: train on many. Solved if
 * every symbol is right; nets are trained on short words and tested on longer ones.
 *
 * Baseline: predicts from n and the input letter, but not its position: −(1/n)·ln(1/n) − (1 − 1/n)·ln(1 − 1/n) nats, and 1 − 1/n.
 * @see Gers & Schmidhuber 2001, "LSTM recurrent networks learn simple context-free and context-sensitive languages"
 * @see Joulin & Mikolov 2015, "Inferring algorithmic patterns with stack-augmented recurrent nets"
 */
export function anbncn(): Task {
  return countingLanguage('anbncn', ['a', 'b', 'c']);
}
