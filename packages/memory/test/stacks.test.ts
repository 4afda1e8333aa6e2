import { OptionError } from '@elman/core';
import { describeMemory } from '@elman/testkit';
import { expect, it } from 'vitest';
import { continuousDeque, continuousQueue, pushPopStack, tape } from '../src/index.ts';

// Related memories are in stacks-kin.node.test.ts: they use the same ops, which need not be tested on every backend.
describeMemory('pushPopStack', () => pushPopStack({ depth: 4, size: 2, stacks: 2, reads: 2 }));
describeMemory('continuousDeque', () => continuousDeque({ capacity: 4, size: 2 }));
describeMemory('tape', () => tape({ cells: 4, size: 2, tapes: 2 }));

it('refuses invalid options', () => {
  const bad: readonly (readonly [string, () => unknown])[] = [
    ['pushPopStack: depth: expected a positive whole number, got 0.', () => pushPopStack({ depth: 0 })],
    ['pushPopStack: reads: expected at most depth=2, got 3.', () => pushPopStack({ depth: 2, reads: 3 })],
    ['continuousQueue: capacity', () => continuousQueue({ capacity: 1.5, size: 1 })],
    ['continuousDeque: size', () => continuousDeque({ capacity: 1, size: -1 })],
    [
      'tape: moves: expected whole numbers between ±cells=3, got [0, 3].',
      () => tape({ cells: 3, size: 1, moves: [0, 3] }),
    ],
    ['tape: moves', () => tape({ cells: 3, size: 1, moves: [] })],
  ];
  for (const [message, call] of bad) {
    expect(call).toThrow(message);
    expect(call).toThrow(OptionError);
  }
});
