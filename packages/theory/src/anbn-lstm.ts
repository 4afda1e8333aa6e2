import { type LstmParams, type LstmState, lstm } from '@elman/cells';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { HandSetNet } from './hand-set-net.ts';
import { HALF_OF_ONE, lstmWeights, SATURATED } from './lstm-weights.ts';

/**
 * An LSTM that recognises aⁿbⁿ, n ≥ 1, in strings of a (id 0) and b (id 1): its output at each symbol is whether the prefix is one.
 *
 *   unit      counts                                       i                          tanh(g)
 *   balance   a up, b down                                 1                          1 at a, −1 at b
 *   bs        each b                                       1                          0 at a, 1 at b
 *   late      each a after a b                             σ(50·(a + bs − 1.38))      1
 *   extra     each b at which the balance is not above 0   σ(50·(b − balance − 0.62)) 1
 *
 * Gates f and o are open, σ(30) = 1, so that memory c is a count and an output h = tanh(c) is 0, or at least tanh 1 =
 * 0.76 away; half-way, at 0.38, lie the thresholds, and a gate is σ(±19) or beyond. The string is aⁿbⁿ where the
 * balance is 0 and nothing was late or extra:
 *
 *   logit = 40·(0.38 − balance − 4·late − 4·extra)
 *
 * Exact as long as counts are: up to 2²⁴.
 * @see Gers & Schmidhuber 2001, LSTM recurrent networks learn simple context free and context sensitive languages
 */
export function anbnLstm(): HandSetNet<LstmParams, LstmState> {
  const open = { bias: SATURATED };
  const balance = { i: open, g: { inputs: [SATURATED, -SATURATED] } };
  const bs = { i: open, g: { inputs: [0, SATURATED] } };
  const late = { i: { inputs: [50, 0], outputs: [0, 50, 0, 0], bias: -50 * (1 + HALF_OF_ONE) }, g: open };
  const extra = { i: { inputs: [0, 50], outputs: [-50, 0, 0, 0], bias: -50 * (1 - HALF_OF_ONE) }, g: open };
  return {
    cell: lstm({ inputSize: 2, hiddenSize: 4 }),
    params: {
      cell: lstmWeights([balance, bs, late, extra], 2),
      output: { kernel: tensor2d([[-40], [0], [-160], [-160]]), bias: tensor1d([40 * HALF_OF_ONE]) },
    },
  };
}
