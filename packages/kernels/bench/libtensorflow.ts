/**
 * Sequences with libtensorflow against the same frame by frame on the tape: forward and backward, milliseconds.
 *
 *   ELMAN_TFJS_NODE=/folder/with/tfjs-node node --conditions=source bench/libtensorflow.ts
 */
import { Rng, tree, valueAndGrad } from '@elman/core';
import { addN, type Scalar, sum } from '@tensorflow/tfjs-core';
import type { Inputs, SequenceCase } from '../test/describe-sequence.ts';
import { gruCase, lstmCase, peepholeLstmCase, resetBeforeGruCase, simpleRnnCases } from '../test/sequence-cases.ts';
import { startLibtensorflow, tfjsNode } from '../test/start-libtensorflow.ts';

if (tfjsNode === undefined) throw new Error('Set ELMAN_TFJS_NODE to the folder whose node_modules have tfjs-node.');
await startLibtensorflow(tfjsNode);

const SIZES = [
  { hidden: 16, batch: 32, time: 100 },
  { hidden: 32, batch: 32, time: 100 },
  { hidden: 64, batch: 16, time: 100 },
  { hidden: 128, batch: 50, time: 50 },
  { hidden: 256, batch: 50, time: 50 },
  { hidden: 512, batch: 50, time: 50 },
  { hidden: 128, batch: 1, time: 50 },
];

/** Minimum and median of several runs. */
function time(rounds: number, run: () => void): string {
  run();
  run();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return [times[0], times[rounds >> 1]].map((ms) => (ms as number).toFixed(1)).join(' / ');
}

function compare<I extends Inputs>(name: string, { op, portable, inputs }: SequenceCase<I>): void {
  for (const sizes of SIZES) {
    const all = inputs(Rng.seeded(1), sizes, 0.1);
    const step = (run: typeof op) => () => {
      const { value, grads } = valueAndGrad((given: I) => {
        const { outputs, h } = run(given);
        return { loss: addN([sum(outputs), sum(h)]) as Scalar, aux: {} };
      }, all);
      tree.dispose([value, grads]);
    };
    const { hidden, batch, time: length } = sizes;
    console.log(`| ${name} | ${hidden} | ${batch} | ${length} | ${time(9, step(op))} | ${time(4, step(portable))} |`);
    tree.dispose(all);
  }
}

console.log('| sequence | hidden | batch | time | one op: minimum / median | on the tape |\n|---|---|---|---|---|---|');
compare('lstm', lstmCase);
compare('peepholeLstm', peepholeLstmCase);
compare('gru', gruCase);
compare('resetBeforeGru', resetBeforeGruCase);
compare('simpleRnn, tanh', simpleRnnCases.tanh as (typeof simpleRnnCases)[string]);
