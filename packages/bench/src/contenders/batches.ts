import { Rng } from '@elman/core';
import type { Workload } from '../workloads.ts';

/** Random tokens [batch, time] and the next token of each; a token of the same seed is the same for every contender in Node. */
export interface Tokens {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
}

/** Precomputed: `count` batches of random tokens. */
export function randomTokens({ batch, time, vocabSize }: Workload, count: number): Tokens[] {
  return Array.from({ length: count }, (_, i) => {
    const rng = Rng.seeded(1).fork('tokens').fork(i);
    const draw = (): Int32Array =>
      Int32Array.from({ length: batch * time }, () => Math.floor(rng.uniform() * vocabSize));
    return { inputs: draw(), targets: draw() };
  });
}

/** The adding problem: pairs (number, mark) [batch, time, 2], the sum of the two marked numbers [batch, 1]. */
export interface Sums {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/** Precomputed: `count` batches of the adding problem (Hochreiter & Schmidhuber 1997). */
export function randomSums({ batch, time }: Workload, count: number): Sums[] {
  return Array.from({ length: count }, (_, i) => {
    const rng = Rng.seeded(1).fork('sums').fork(i);
    const inputs = new Float32Array(batch * time * 2);
    const targets = new Float32Array(batch);
    for (let row = 0; row < batch; row++) {
      const half = time >> 1;
      const marked = [Math.floor(rng.uniform() * half), half + Math.floor(rng.uniform() * (time - half))];
      for (let t = 0; t < time; t++) {
        const at = (row * time + t) * 2;
        inputs[at] = rng.uniform();
        if (!marked.includes(t)) continue;
        inputs[at + 1] = 1;
        targets[row] = (targets[row] as number) + (inputs[at] as number);
      }
    }
    return { inputs, targets };
  });
}

/** Cycles through the items. */
export function inTurn<T>(items: readonly T[]): () => T {
  let next = 0;
  return () => items[next++ % items.length] as T;
}
