import { type LstmParams, type LstmState, lstm } from '@elman/cells';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { HandSetNet } from './hand-set-net.ts';
import { HALF_OF_ONE, lstmWeights, SATURATED } from './lstm-weights.ts';

/**
 * A counter in an LSTM: one unit whose memory goes up by 1 at each 1 and down by 1 at each 0.
 *
 *   i = f = o = σ(30) = 1      g = tanh(30) = 1 at a one, tanh(−30) = −1 at a zero        to the last bit of float32
 *   c' = 1·c + 1·(±1)          h' = 1·tanh(c')
 *
 * So `c` is the number of ones minus that of zeros, exactly, up to 2²⁴ (and of ones alone it is (c + frames)/2). The output is
 * h = tanh c: it is 0, or at least tanh 1 = 0.76 from it, so a threshold at 0.38 decides whether ones outnumber zeros. The params give that
 * logit, 40·(h − 0.38).
 * @see Gers & Schmidhuber 2001, LSTM recurrent networks learn simple context free and context sensitive languages
 * @see Weiss, Goldberg & Yahav 2018, On the practical computational power of finite precision RNNs for language recognition
 */
export function countingLstm(): HandSetNet<LstmParams, LstmState> {
  const open = SATURATED;
  return {
    cell: lstm({ inputSize: 2, hiddenSize: 1 }),
    params: {
      cell: lstmWeights([{ i: { bias: open }, g: { inputs: [-SATURATED, SATURATED] } }], 2),
      output: { kernel: tensor2d([[40]]), bias: tensor1d([-40 * HALF_OF_ONE]) },
    },
  };
}
