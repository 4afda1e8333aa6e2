import type { Factories } from '@elman/core';
import { gru } from './gated/gru.ts';
import { lstm } from './gated/lstm.ts';
import { peepholeLstm } from './gated/peephole-lstm.ts';
import { resetBeforeGru } from './gated/reset-before-gru.ts';
import { feedForward } from './simple/feed-forward.ts';
import { jordan } from './simple/jordan.ts';
import { simpleRnn } from './simple/simple-rnn.ts';

/** The cells of this package: those that recipes may name and the command `elman` lists. */
export const factories: Factories = {
  feedForward: { makes: 'cell', make: feedForward, summary: 'a layer without recurrence, to control a memory' },
  gru: { makes: 'cell', make: gru, summary: 'gated recurrent unit, reset after the product' },
  jordan: { makes: 'cell', make: jordan, summary: 'recurrent through its output only' },
  lstm: { makes: 'cell', make: lstm, summary: 'long short-term memory' },
  peepholeLstm: { makes: 'cell', make: peepholeLstm, summary: 'LSTM whose gates see the memory cells' },
  resetBeforeGru: { makes: 'cell', make: resetBeforeGru, summary: 'gated recurrent unit, reset before the product' },
  simpleRnn: { makes: 'cell', make: simpleRnn, summary: 'simple recurrent network (Elman 1990)' },
};
