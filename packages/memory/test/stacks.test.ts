import { OptionError } from '@elman/core';
import { describeMemory } from '@elman/testkit';
import { expect, it } from 'vitest';
import { continuousDeque, continuousQueue, continuousStack, pushPopStack, tape } from '../src/index.ts';

describeMemory('pushPopStack', () => pushPopStack({ depth: 4, size: 2, stacks: 2, reads: 2 }));
describeMemory('pushPopStack of one place, without noOp', () => pushPopStack({ depth: 1, noOp: false }));
describeMemory('continuousStack', () => continuousStack({ capacity: 5, size: 2 }));
describeMemory('continuousQueue', () => continuousQueue({ capacity: 5, size: 2 }));
describeMemory('continuousDeque', () => continuousDeque({ capacity: 4, size: 2 }));
describeMemory('tape', () => tape({ cells: 4, size: 2, tapes: 2 }));
describeMemory('tape with jumps', () => tape({ cells: 5, size: 1, moves: [-2, 1, 4] }));

it('says what it is asked to be', () => {
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
