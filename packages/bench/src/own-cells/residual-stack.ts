import type { Cell, Tree } from '@elman/core';
import { residual, stack } from '@elman/rnn';
import { stepLstm } from './lstm.ts';

/** Three LSTMs, each a step alone, the output of each added to its input (Wu et al. 2016, GNMT): y = x + lstm(x). */
export function residualStack(size: number): Cell<Tree, Tree> {
  const layer = () => residual(stepLstm({ inputSize: size, hiddenSize: size }));
  return stack([layer(), layer(), layer()]) as unknown as Cell<Tree, Tree>;
}
