/** Stacks of cells that are connected in further ways. */
import { connectedStack, skipStack } from '@elman/rnn';
import { describeCell } from '@elman/testkit';
import fixture from '../../fixtures/stacks.json' with { type: 'json' };
import { gru, lstm, simpleRnn } from '../../src/index.ts';
import { describeOracle } from '../oracle.ts';

const rnn = (inputSize: number, hiddenSize: number) => simpleRnn({ inputSize, hiddenSize });
const importPackage = (name: string) => (name === '@elman/rnn' ? import('@elman/rnn') : import('../../src/index.ts'));

describeOracle(fixture, {
  skipStack: () => skipStack([rnn(3, 4), lstm({ inputSize: 3 + 4, hiddenSize: 2 })]),
  connectedStack: (options) => {
    const isTopDown = (options as { architecture: string }).architecture === 'topDown';
    return connectedStack(isTopDown ? [rnn(3 + 2, 4), rnn(4, 2)] : [rnn(3 + 4, 4), rnn(4 + 4 + 2, 2)], options);
  },
});

describeCell(
  'skipStack',
  () => skipStack([gru({ inputSize: 3, hiddenSize: 4 }), rnn(3 + 4, 2), lstm({ inputSize: 3 + 2, hiddenSize: 3 })]),
  { importPackage },
);
describeCell(
  'connectedStack, bottomUp with a skip',
  () =>
    connectedStack([gru({ inputSize: 3 + 4, hiddenSize: 4 }), rnn(4 + 4 + 2, 2)], {
      architecture: 'bottomUp',
      skip: 2,
    }),
  { importPackage },
);
describeCell(
  'connectedStack, topDown',
  () =>
    connectedStack([rnn(3 + 2, 4), lstm({ inputSize: 4 + 5, hiddenSize: 2 }), rnn(2, 5)], { architecture: 'topDown' }),
  { importPackage },
);
