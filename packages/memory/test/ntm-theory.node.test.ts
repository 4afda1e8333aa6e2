import { type Frame, Rng } from '@elman/core';
import { concat, eye, reshape, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type NtmMemoryState, ntmMemory } from '../src/index.ts';

const SLOTS = 6;
const DATA = 3;
/** Large enough that sigmoid, tanh and softmax are exactly 0 or 1 in float32. */
const FAR = 100;

/** The instruction of a head: jump to a slot or stay, then move by one or not. */
type Move = { readonly jump?: number | undefined; readonly by: -1 | 0 | 1 };
/** A step of a program; written numbers are −1, 0 or 1. */
type Operation = { readonly read: Move; readonly write: Move; readonly data?: readonly number[] | undefined };

/** Each slot is its one-hot address, for content addressing, followed by the data. */
const memory = ntmMemory({ slots: SLOTS, width: SLOTS + DATA });

function commandOf({ read, write, data }: Operation): number[] {
  const head = ({ jump, by }: Move): number[] => {
    const key = Array.from({ length: SLOTS + DATA }, (_, i) => (i === jump ? FAR : 0));
    const shift = [-1, 0, 1].map((place) => (place === by ? FAR : -FAR));
    return [...key, 1000, jump === undefined ? -FAR : FAR, ...shift, FAR];
  };
  const keep = Array<number>(SLOTS).fill(-FAR);
  const erase = Array<number>(DATA).fill(data === undefined ? -FAR : FAR);
  const add = (data ?? Array<number>(DATA).fill(0)).map((value) => value * FAR);
  return [...head(read), ...head(write), ...keep, ...erase, ...Array<number>(SLOTS).fill(0), ...add];
}

/** The same with an array and two indices. */
function* tapeOf(program: readonly Operation[]): Generator<readonly number[]> {
  const tape: (readonly number[])[] = Array.from({ length: SLOTS }, () => Array<number>(DATA).fill(0));
  let [reader, writer] = [0, 0];
  const moved = (place: number, { jump, by }: Move): number => ((jump ?? place) + by + SLOTS) % SLOTS;
  for (const { read, write, data } of program) {
    writer = moved(writer, write);
    reader = moved(reader, read);
    if (data !== undefined) tape[writer] = data;
    yield tape[reader] as readonly number[];
  }
}

function randomProgram(rng: Rng, length: number): Operation[] {
  const move = (): Move => ({
    jump: rng.integer(3) === 0 ? rng.integer(SLOTS) : undefined,
    by: (rng.integer(3) - 1) as Move['by'],
  });
  return Array.from({ length }, () => ({
    read: move(),
    write: move(),
    data: rng.integer(2) === 0 ? undefined : Array.from({ length: DATA }, () => rng.integer(3) - 1),
  }));
}

describe('a Neural Turing machine with saturated commands', () => {
  it('is a tape: a random program of 1,000 steps reads the same as from an array', async () => {
    const program = randomProgram(Rng.seeded(5), 1000);
    let state: NtmMemoryState = tidy(() => ({
      ...memory.initialState(1),
      memory: reshape(concat([eye(SLOTS), zeros([SLOTS, DATA])], 1), [1, SLOTS, SLOTS + DATA]),
    }));
    const reads: Promise<ArrayLike<number>>[] = [];
    for (const operation of program) {
      const next = memory.access(state, tensor2d([commandOf(operation)]) as Frame);
      reads.push(next.read.data());
      state = next.state;
    }
    const found = (await Promise.all(reads)).map((read) => Array.from(read).slice(SLOTS));
    expect(found).toEqual([...tapeOf(program)]);
  });
});
